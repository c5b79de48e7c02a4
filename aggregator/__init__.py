"""Read feeds and saved documents, group them into stories, serve one calm feed per topic.

seeds/, feeds ─► Fetched ─► entries ─► store ─► stories ─► topics ─► what subscribers see ─► feeds, pages
   (fetch, folder)  (parse, seeds, clean)   (group)     (file)       (publish)              (render)

`pipeline.refresh` is that line on one page: gather, decide (pure, in `core/`), apply. No step calls the next.
"""

__version__ = "0.1.0"
