"""Grouping: entries that report the same event become a story.

    engine       entries arrive in batches; each leaves with its story and the reason
    reading      entries -> notes: what is remembered of them
    lexicon      words -> stems as numbers
    weighing     how much each stem weighs
    collection   all entries of a file at once
    notes        weighted stems, hashes, dates of many entries, in columns
    packing      notes as bytes, kept in the store for the next start
    shingles     how much of a text another one repeats
    copies       what repeats a known text follows it and is not compared
    columns      arrays that grow
    window       the live entries as rows of stems; which are nearest by ordinary TF-IDF
    retrieval    rows inverted in blocks, and what they have in common with others
    neighbours   how near they are with word weights learnt among them
    links        how near an entry is to a whole story
    deciding     who joins, who moves, which stories are one
    holds        what editors decided: who may not move, who may not meet
    membership   which rows make up which story
    explaining   why, in words a person can check
    settings     every number, with its reason

The method in one paragraph. The same words mean much in mixed news and nothing on a beat, where every
entry says "Korea" and "summit"; no single TF-IDF threshold serves both. So an entry's nearest live
entries are found by TF-IDF, but how near they are is worked out anew inside that neighbourhood, with
document frequencies counted among those dozen texts alone, where the subject they share weighs nothing
and what tells them apart weighs all. A pair counts from both sides. A story is as near as the mean of its
best links to the entry; at 1 the entry joins. Titles have too few words to learn weights from: the
shorter the text, the more the ordinary cosine decides. Fresh entries are looked at again as others arrive
and may move; stories that are near from both sides become one, and the elder stays.

Nothing depends on the clock, on chance, or on the order within a batch. What is decided follows from the
live entries, their stories and the batch: a restart changes nothing. Experiments and figures are in
docs/grouping.md.
"""

from aggregator.core.stories.collection import group_all
from aggregator.core.stories.engine import Engine
from aggregator.core.stories.packing import VERSION

__all__ = ["VERSION", "Engine", "group_all"]
