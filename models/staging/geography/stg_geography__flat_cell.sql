{{ flat_cells('geography') }}
