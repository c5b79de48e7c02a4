"""The web part for any WSGI server: `granian --interface wsgi aggregator.web.wsgi:application`.

Settings come from the environment, as for every command.
"""

from aggregator.cli.root import now, open_store_of, settings_of_environment, site_of, start_logging_of
from aggregator.web import create_app, web_settings

_settings = settings_of_environment()
start_logging_of(_settings)
# Without Flask's own door: stored feeds are answered before it.
application = create_app(open_store_of(_settings), site_of(_settings), web_settings(_settings), now).wsgi_app
