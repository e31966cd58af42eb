{{ workbook_cells('ssda903') }}
