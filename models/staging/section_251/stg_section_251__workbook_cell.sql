{{ workbook_cells('section_251') }}
