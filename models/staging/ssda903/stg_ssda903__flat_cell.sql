{{ flat_cells('ssda903') }}
