{{ flat_cells('population') }}
