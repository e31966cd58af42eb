"""The mart as a folder of pages to explore in a browser: no server, no network.

site.files()      every file of the folder, from the published mart
index.html.jinja  the page; style.css, charts.js and app.js beside it as they are
data/index.js     authorities, indicators and words, read first
data/<code>.js    the figures of one indicator, read when it is chosen: a page opened from disk may read
                  scripts, not data
"""
