{{ flat_cells('iod') }}
