{{ flat_cells('section_251') }}
