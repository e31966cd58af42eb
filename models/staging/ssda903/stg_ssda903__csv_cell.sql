{{ csv_cells('ssda903') }}
