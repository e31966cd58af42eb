"""Does an association hold: every indicator of both studies on every wave of inspections, and all together.

The value is what was last published on the authority before its inspection began, the rating what the
inspection gave. Of an authority inspected more than once in a wave the first inspection counts: whether a
second one comes depends on how the first went.
"""
