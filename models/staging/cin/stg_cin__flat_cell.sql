{{ flat_cells('cin') }}
