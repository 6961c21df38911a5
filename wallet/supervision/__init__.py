"""What a platform and its regulators know of merchants besides the chain, and what follows from it.

facts.py        one dated fact; what kinds there are, in which phase, and who may say them
book.py         all facts on disk, in order; nothing in it is ever changed
application.py  what a merchant applies with, and what is wrong with it
dossier.py      the facts about one merchant, added up
score.py        three feeds into one risk score, a tier, a released share, a premium
findings.py     what to raise, block or lift now
roles.py        which regulator sees which field

Pure but for `book`; nothing here asks the chain, sends or prints. What a programme demands comes in as
`wallet.law.programme.Programme`; services bring book and chain together.
"""
