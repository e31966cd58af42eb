{{ flat_cells('csww') }}
