"""The report page's template, style and scripts: files only, read by `search.views.report`."""
