"""Vietnamese syllables: a closed set of onsets, rhymes and tones, and where the tone goes.

A name is Vietnamese when each of its words is one syllable of this set. That is what tells a text
in the wrong encoding from one in the right one, so the set is built from the rules of the script,
not taken from a list of words: syllables that nobody uses are in it, as far as they can be read.

Two conventions write the tone of an open ``oa``, ``oe``, ``uy``: ``hòa`` and ``hoà``. Here the
first is the standard one: the list of provinces in force since July 2025 (Decision
19/2025/QĐ-TTg: Thanh Hóa, Khánh Hòa) has it, and keyboards write it unless told otherwise.

Spec: none in law; the rules of the script (chữ Quốc ngữ) as schools teach them.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from vnvaxcert.vietnam.cleaning.letters import SPLIT, TONED, Tone, without_marks

_FREE: Final = "b ch d đ h kh l m n nh p ph r s t th tr v x"  # onsets that take any rhyme

_RHYMES: Final = """
a ac ach ai am an ang anh ao ap at au ay
ăc ăm ăn ăng ăp ăt
âc âm ân âng âp ât âu ây
e ec em en eng eo ep et
ê êch êm ên ênh êp êt êu
i ia ich im in inh ip it iu
iêc iêm iên iêng iêp iêt iêu
o oc oi om on ong op ot
ooc oong
ô ôc ôi ôm ôn ông ôp ôt
ơ ơi ơm ơn ơp ơt
u ua uc ui um un ung up ut
uôc uôi uôm uôn uông uôt
ư ưa ưc ưi ưm ưn ưng ưt ưu
ươc ươi ươm ươn ương ươp ươt ươu
"""
"""Rhymes that any onset may take; those after a glide and those with y are below."""

_GLIDED: Final = """
oa oac oach oai oam oan oang oanh oao oap oat oay
oăc oăm oăn oăng oăp oăt
oe oem oen oeo oet
uân uâng uât uây
uê uêch uên uênh uêt
uơ
uy uya uych uyn uynh uyp uyt uyu uyên uyêt
"""
"""Rhymes that begin with the glide o or u."""

_AFTER_Q: Final = """
a ac ach ai am an ang anh ao ap at au ay
ăc ăm ăn ăng ăp ăt
âc ân âng ât âu ây
e ec em en eng eo et
ê êch ên ênh êt
i in inh it iu
ôc ơ ơi ơn
y ych yn ynh yp yt yu yên yêt
"""
"""What follows qu, whose u is the glide."""

_AFTER_GI: Final = "ê êc êm ên êng êp êt êu"  # giê- is gi with iê-: one i is written

_RARE: Final = (
    "ooc",
    "oong",
    "oem",
    "oăp",
    "uêch",
    "uym",
    "uyp",
    "uych",
    "uyn",
    "uơ",
    "oeo",
    "oet",
)
"""Rhymes of few words and of hardly a name."""

_FRONT: Final = "eêiy"  # before these, k, gh and ngh stand for c, g and ng
_STOPS: Final = ("c", "ch", "p", "t")  # codas that bear the tones sắc and nặng alone


class _Base(NamedTuple):
    """A syllable without its tone."""

    tone_at: int  # index of the letter that bears the tone
    movable: tuple[int, ...]  # where else the tone is found, and meant for the same syllable
    is_stopped: bool


def _nucleus(rhyme: str) -> tuple[int, tuple[int, ...]]:
    """Where in a rhyme the tone goes, and where it is also found."""
    vowels = len(rhyme.rstrip("bcghmnpt"))
    is_open = vowels == len(rhyme)
    if vowels == 1:
        return 0, ()
    for digraph in ("iê", "yê", "uô", "ươ"):
        at = rhyme.find(digraph)
        if at >= 0:
            return at + 1, (at,)
    if rhyme[:2] in ("oa", "oe", "uy"):
        if vowels == 3:
            return 1, (0,)
        return (0, (1,)) if is_open else (1, (0,))
    marked = [at for at in range(vowels) if rhyme[at] in "ăâêôơư"]
    if marked:
        return marked[0], ()  # âu, uân, uê, uơ, ưa: the marked vowel, wherever the tone may be put
    if rhyme.startswith("oo"):
        return 1, ()
    return 0, ()  # ai, ao, ia, ua, ui: the first of two


def _pairs() -> list[tuple[str, str]]:
    """Every onset with every rhyme that it takes, as written."""
    rhymes, glided = _RHYMES.split(), _GLIDED.split()
    pairs = [("qu", rhyme) for rhyme in _AFTER_Q.split()]
    pairs += [("gi", rhyme) for rhyme in _AFTER_GI.split()]
    pairs += [("g", rhyme) for rhyme in ("i", "im", "in", "ip", "it", "ich")]  # gì, gìn
    for onset in _FREE.split():
        pairs += [(onset, rhyme) for rhyme in [*rhymes, *glided, "y"]]  # y alone: Vy, Thy, Sỹ
    for onset, rhyme in ((onset, rhyme) for onset in ("", "ng") for rhyme in [*rhymes, *glided]):
        if rhyme[:2] != "oo" if not onset else rhyme[0] not in _FRONT:
            pairs.append((onset, rhyme))
    for rhyme in rhymes:
        if rhyme[0] in _FRONT:
            pairs += [("k", rhyme), ("gh", rhyme), ("ngh", rhyme)]
        else:
            pairs += [("c", rhyme), ("g", rhyme), ("gi", rhyme)]
    pairs += [("gi", rhyme) for rhyme in rhymes if rhyme[0] == "e"]
    pairs += [("g", rhyme) for rhyme in glided]  # goá, goòng
    pairs += [("c", "oong"), ("c", "ooc"), ("k", "y"), ("", "y")]
    pairs += [("", rhyme) for rhyme in ("yêm", "yên", "yêng", "yêt", "yêu")]
    return pairs


@cache
def _bases() -> dict[str, _Base]:
    """Syllable without its tone -> what there is to know about it."""
    bases: dict[str, _Base] = {}
    for onset, rhyme in _pairs():
        at, movable = _nucleus(rhyme)
        shifted = tuple(len(onset) + place for place in movable)
        if onset == "qu" or (onset == "gi" and len(onset + rhyme) > 2):
            shifted += (1,)  # qúy and gìa: the tone on the letter that belongs to the onset
        bases[onset + rhyme] = _Base(len(onset) + at, shifted, rhyme.endswith(_STOPS))
    return bases


@cache
def _unmarked() -> frozenset[str]:
    """Each syllable as somebody writes it who leaves out all marks."""
    return frozenset(without_marks(base) for base in _bases())


def spell(word: str) -> str | None:
    """Give the standard spelling of a Vietnamese syllable.

    Args:
        word: One word in small letters, in normalisation form C.

    Returns:
        The syllable with its tone on the letter where it belongs, as many letters as ``word``; or
        None where ``word`` is no complete syllable, or bears its tone on a letter from which no
        convention moves it (``hóăc``).
    """
    if word in standard_syllables():
        return word
    tone, tone_at = Tone.NGANG, -1
    letters = []
    for at, letter in enumerate(word):
        parts = SPLIT.get(letter)
        if parts is None:
            letters.append(letter)
            continue
        vowel, mark = parts
        letters.append(vowel)
        if mark:
            if tone:
                return None
            tone, tone_at = mark, at
    base = _bases().get(plain := "".join(letters))
    if base is None or (base.is_stopped and tone not in (Tone.SAC, Tone.NANG)):
        return None
    if tone_at not in base.movable:
        return None
    return f"{plain[: base.tone_at]}{TONED[plain[base.tone_at], tone]}{plain[base.tone_at + 1 :]}"


def is_unmarked(word: str) -> bool:
    """Whether a word is a Vietnamese syllable that was written without any mark.

    Args:
        word: In small letters; ``nguyen``, ``dat``.

    Returns:
        True also where the syllable has no mark (``nam``).
    """
    return word in _unmarked()


def has_rare_rhyme(word: str) -> bool:
    """Whether a syllable has a rhyme that hardly a name has.

    Args:
        word: In standard spelling, small letters.
    """
    base = "".join(SPLIT[letter][0] if letter in SPLIT else letter for letter in word)
    return base.endswith(_RARE)


@cache
def standard_syllables() -> frozenset[str]:
    """Every syllable in standard spelling, in small letters; some 17,000."""
    return frozenset(
        base[: facts.tone_at] + TONED[base[facts.tone_at], tone] + base[facts.tone_at + 1 :]
        for base, facts in _bases().items()
        for tone in ((Tone.SAC, Tone.NANG) if facts.is_stopped else Tone)
    )


@cache
def standard_words() -> frozenset[str]:
    """The same as a name has them: with a capital at the start."""
    return frozenset(syllable[0].upper() + syllable[1:] for syllable in standard_syllables())
