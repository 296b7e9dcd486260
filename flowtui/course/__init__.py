"""The course without a screen: where its lessons lie, and the program that greets a newcomer.

Lessons are data beside the package: in a wheel they lie in ``flowtui/lessons``, in a checkout (and so in an
editable install) in ``lessons`` at its top. ``course.library`` is the one place that knows this.
"""
