"""An editor's decisions: what they ask of stories, and what has to change for them.

constraints  decisions -> which entries stay together, which never meet, which stay where they are
settling     stories that go against the constraints -> the moves that put them right
revising     a newer decision takes back what earlier ones said of the same entries
telling      what is wrong with decisions, in words
judging      a grouping -> how many of the decided pairs it gets right
"""
