"""The members of ``data`` of a seal, restated by hand, and why each is as it has to be.

A path says where a member stands below ``data``. Spec: spec/vds-nc.md, sections 3 to 5.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Text(NamedTuple):
    """A member that is a text.

    Attributes:
        path: Below ``msg``.
        most: Characters at most; 0 where there is no bound.
        what: What it is, as the first words of a sentence.
        missing: Why it has to be there, or may be left out; empty where others say so.
        empty: Why it is refused without a character.
        number: Why it is refused as a number.
        is_needed: Whether it has to be there.
        warning: What a text that is read gives, of letters that are no code.
    """

    path: str
    most: int
    what: str
    missing: str
    empty: str
    number: str
    is_needed: bool = True
    warning: str = ""


class Holder(NamedTuple):
    """A member that holds others.

    Attributes:
        path: Below ``data``.
        missing: Why it has to be there.
        empty: Why it is refused with nothing in it.
        other: Why it is refused as an array, or as an object where it is an array.
        is_array: Whether it is one.
    """

    path: str
    missing: str
    empty: str
    other: str
    is_array: bool = False


UNKNOWN: Final = "valueset.unknown"

OF_VACCINATION: Final = (
    Text(
        *("uvci", 12, "The identifier of a vaccination"),
        missing="Without the identifier of the vaccination nobody can ask its issuer about it.",
        empty="An empty identifier of a vaccination tells it from no other.",
        number="The identifier of a vaccination is a text: it may have letters, and zeros first.",
    ),
    Text(
        *("pid/n", 39, "The name of who was vaccinated"),
        missing="Without the name of who was vaccinated nobody can hold a passport beside it.",
        empty="An empty name is nobody's who was vaccinated.",
        number="The name of who was vaccinated is of letters, and 12 is a number.",
    ),
    Text(
        *("pid/i", 11, "The number of the travel document"),
        missing="",
        empty="An empty number of a travel document is that of none: it is left out instead.",
        number="The number of a travel document has letters in many states, so it is a text.",
        is_needed=False,
    ),
    Text(
        *("pid/ai", 24, "The other number of a person"),
        missing="",
        empty="An empty other number of a person finds nobody: it is left out instead.",
        number="The other number of a person is of the issuer's making, and a text.",
        is_needed=False,
    ),
    Text(
        *("ve/0/des", 6, "The code of the vaccine"),
        missing="Without its code the vaccine is known by its brand alone, which is free text.",
        empty="An empty code of the vaccine is none of ICD-11.",
        number="The code of the vaccine is one of ICD-11, which have letters: XM8NQ0.",
    ),
    Text(
        *("ve/0/nam", 0, "The brand of the vaccine"),
        missing="Without the brand several vaccines of one code cannot be told apart.",
        empty="An empty brand is that of no vaccine.",
        number="The brand of the vaccine is a name, and 12 is a number.",
    ),
    Text(
        *("ve/0/dis", 6, "The code of the disease"),
        missing="One source alone asks for the disease: the vaccine tells what it is against.",
        empty="An empty code of the disease is none of ICD-11: it is left out instead.",
        number="The code of the disease has letters and a point, RA01.0, so it is a text.",
        is_needed=False,
    ),
    Text(
        *("ve/0/vd/0/adm", 20, "The facility that gave the dose"),
        missing="One of the sources does not ask which facility gave the dose.",
        empty="An empty text names no facility that gave the dose: it is left out instead.",
        number="The facility that gave the dose is a text, even where it has a number for a name.",
        is_needed=False,
    ),
    Text(
        *("ve/0/vd/0/lot", 20, "The lot of the dose"),
        missing="Without the lot nobody knows whether the dose is of one that was recalled.",
        empty="An empty lot is one that nobody can recall.",
        number="The lot of a dose is a text: its maker may put letters and zeros first.",
    ),
)

OF_TEST: Final = (
    Text(
        *("utci", 12, "The identifier of a test"),
        missing="Without the identifier of the test nobody can ask its issuer about it.",
        empty="An empty identifier of a test tells it from no other.",
        number="The identifier of a test is a text: it may have letters, and zeros first.",
    ),
    Text(
        *("pid/n", 39, "The name of who was tested"),
        missing="Without the name of who was tested nobody can hold a passport beside it.",
        empty="An empty name is nobody's who was tested.",
        number="The name of who was tested is of letters, and 12 is a number.",
    ),
    Text(
        *("pid/dt", 2, "The type of the document"),
        missing="Without its type the document's number may be that of another kind of document.",
        empty="An empty type of a document is not one that nobody knows, but none.",
        number="The type of a document is a letter or two, so it is a text.",
        warning=UNKNOWN,
    ),
    Text(
        *("pid/dn", 24, "The number of the document"),
        missing="A proof of test is held beside the document whose number it has, and has none.",
        empty="An empty number is that of no document.",
        number="The number of the document has letters in many states, so it is a text.",
    ),
    Text(
        *("sp/spn", 20, "The name of who tested"),
        missing="Without the name of who tested nobody answers for the result.",
        empty="An empty name is that of nobody who tests.",
        number="The name of who tested is a text, and 12 is a number.",
    ),
    Text(
        *("sp/cd/p", 19, "The telephone of who tested"),
        missing="The telephone is the one way to reach who tested that every source asks for.",
        empty="An empty telephone number reaches nobody who tested.",
        number="A telephone number starts with a plus sign or zeros, which numbers do not keep.",
    ),
    Text(
        *("sp/cd/e", 0, "The e-mail address of who tested"),
        missing="Not every source asks for the e-mail address of who tested: there is a telephone.",
        empty="An empty e-mail address reaches nobody: it is left out instead.",
        number="The e-mail address of who tested is a text, and 12 is a number.",
        is_needed=False,
    ),
    Text(
        *("sp/cd/a", 0, "The address of who tested"),
        missing="Not every source asks for the address of who tested: there is a telephone.",
        empty="An empty address leads nowhere: it is left out instead.",
        number="The address of who tested is a text, even where a house has but a number.",
        is_needed=False,
    ),
    Text(
        *("opt", 20, "The free text of the issuer"),
        missing="An issuer who has nothing to add leaves the free text out.",
        empty="An empty free text adds nothing: it is left out instead.",
        number="What an issuer adds is a text, even where it is of digits alone.",
        is_needed=False,
    ),
    Text(
        *("tr/tc", 0, "The kind of the test"),
        missing="Without its kind nobody knows what the test can tell, and what it cannot.",
        empty="An empty kind of test is not one that nobody knows, but none.",
        number="The kind of a test is told by a word, and numbers stand for none.",
        warning=UNKNOWN,
    ),
    Text(
        *("tr/r", 0, "The result of the test"),
        missing="Without its result a test proves nothing.",
        empty="An empty result is not one that nobody knows, but none.",
        number="The result of a test is told by a word: no number says positive.",
        warning=UNKNOWN,
    ),
    Text(
        *("tr/m", 0, "The place that the sample was taken from"),
        missing="No source asks where the sample was taken from.",
        empty="An empty text tells no place a sample was taken from: it is left out instead.",
        number="Where the sample was taken from is told by a word, and 12 is a number.",
        is_needed=False,
        warning=UNKNOWN,
    ),
)

HOLDERS_OF_VACCINATION: Final = (
    Holder(
        "hdr",
        missing="Without a header nothing says what the seal proves, and who says so.",
        empty="An empty header says neither what the seal proves nor who says so.",
        other="A header is an object: in an array nothing tells the type from the issuer.",
    ),
    Holder(
        "msg",
        missing="Without a message a seal proves nothing, whatever its header says.",
        empty="An empty message is about nobody.",
        other="A message is an object: in an array nothing tells the person from the vaccines.",
    ),
    Holder(
        "msg/pid",
        missing="Without a person nobody can tell whose vaccination it was.",
        empty="A person of whom nothing is said may be anybody who was vaccinated.",
        other="A person who was vaccinated is an object: an array of nothing is nobody.",
    ),
    Holder(
        "msg/ve",
        missing="A proof of vaccination has a vaccine, and here is not even a place for one.",
        empty="A proof of vaccination without a vaccine proves none.",
        other="Vaccines stand in an array: an object that numbers them is another form.",
        is_array=True,
    ),
    Holder(
        "msg/ve/0/vd",
        missing="A vaccine is there because a dose of it was given, and no dose is told of.",
        empty="A vaccine without a dose was given to nobody.",
        other="Doses stand in an array: an object that numbers them is another form.",
        is_array=True,
    ),
)

HOLDERS_OF_TEST: Final = (
    Holder(
        "msg/pid",
        missing="Without a person nobody can tell who was tested.",
        empty="A person of whom nothing is said may be anybody who was tested.",
        other="A person who was tested is an object: an array of nothing is nobody.",
    ),
    Holder(
        "msg/sp",
        missing="Without a provider nobody says that the test was made.",
        empty="A provider without name, country and telephone is none.",
        other="A provider is an object: in an array nothing tells the name from the country.",
    ),
    Holder(
        "msg/sp/cd",
        missing="Without a place for the telephone nobody can ask the provider.",
        empty="A provider that is to be reached has a telephone at least.",
        other="What reaches the provider is an object: an array does not tell telephone from mail.",
    ),
    Holder(
        "msg/dat",
        missing="Without its times nobody knows how old the result is.",
        empty="The time of the sample and that of the report both have to be there.",
        other="The times are an object: in an array nothing tells the sample from the report.",
    ),
    Holder(
        "msg/tr",
        missing="A proof of test without a test proves nothing.",
        empty="A test without kind and result proves nothing.",
        other="A test is an object: in an array nothing tells its kind from its result.",
    ),
)
