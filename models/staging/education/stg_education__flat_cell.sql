{{ flat_cells('education') }}
