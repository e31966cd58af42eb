{{ workbook_cells('cla_outcomes') }}
