"""Follow-ups: news of a story that is over for subscribers is told as a story of its own.

parts     what a story and its follow-ups are, and when one is dormant
planning  what the grouping decided -> which part of which saga each entry belongs to

A story is *dormant* when it was published, stands in none of its topics' subscription documents any more,
and nobody has reported anything for `STILL`. The documents of `?min_sources=` do not count, for who reads the
others would not hear of it; nor do entries that froze when their stories ended in it: they show nothing new.
What joined a dormant story would be told to nobody, for what left a document never comes back; so the first
*news* of it founds a follow-up, which is told and admitted like any new story. News is a report of a known
publisher in words of its own: no near-copy, nothing dated before the stillness or a week old when it comes,
nothing that editors or second looks moved. A story that subscribers see, and that turns out to be news of a
dormant one, stays and becomes its follow-up instead of ending in it.

The grouping knows nothing of this. To it a story and its follow-ups, a *saga*, are one story with the name of
the first, so that it decides what it would decide without. Each entry that it puts into a saga gets the part
it belongs to by its time: what is later than all of one part belongs to the next.
"""
