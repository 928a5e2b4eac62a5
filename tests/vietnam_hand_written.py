"""Records written by hand, one by one, each with what a careful clerk would say of it.

From the facts about names, legacy encodings and identity numbers: TCVN3, VNI, VIQR, Windows-1258
and misread UTF-8, look-alikes, tone placement, swapped names, names of ethnic minorities and of
one word, foreigners' names that look wrongly encoded and are not, and numbers and dates as
spreadsheets leave them. Written without looking at what cleaning and completeness do; where they
and the clerk disagree, `test_vietnam_hand_written` says so by name.

All people are fictional.
"""

from __future__ import annotations

from typing import NamedTuple

from vnvaxcert.vietnam.exchange import ExchangeRecord


class HandWritten(NamedTuple):
    """One record and the clerk's opinion.

    Attributes:
        name: What the case is called.
        record: As it was entered.
        full_name: The name that the clerk would write.
        codes: What the clerk would say; empty for a clean record.
        may: What may be said besides, for it follows from the same fault.
        reference: The name in the population database, where the record is to be matched.
    """

    name: str
    record: ExchangeRecord
    full_name: str
    codes: frozenset[str]
    may: frozenset[str]
    reference: str


HAND_WRITTEN: list[HandWritten] = []


def _case(
    name: str,
    full_name: str,
    expected: str = "",
    codes: str = "",
    *,
    may: str = "",
    reference: str = "",
    **fields: str,
) -> None:
    """Write down a record; the codes are words, and ``expected`` is "" where the name stays."""
    usual = {
        "record_id": f"TAY-{len(HAND_WRITTEN) + 1:03}",
        "sex": "M",
        "birth_date": "1985-02-03",
        "nationality": "VN",
        "identity_type": "cccd",
        "identity_number": "001085900012",
        "disease": "840539006",
        "product": "Vero Cell",
        "dose_number": "1",
        "total_doses": "2",
        "vaccination_date": "2021-08-10",
        "country": "VN",
        "facility_code": "01901",
        "facility_name": "Cơ sở tiêm chủng mẫu 01-901",
        "province_code": "01",
        "signing_unit": "01901",
    }
    HAND_WRITTEN.append(
        HandWritten(
            name,
            ExchangeRecord(full_name=full_name, **{**usual, **fields}),
            expected or full_name.strip(),
            frozenset(codes.split()),
            frozenset(may.split()),
            reference,
        )
    )


FOREIGN = {"nationality": "FR", "identity_type": "passport", "identity_number": "MAU123456"}
WOMAN = {"sex": "F", "identity_number": "001185900012"}
CASE = "clean.case"

# TCVN3 (ABC), as Windows-1252 shows it. \xad is the letter ư.
_case("tcvn3: title case", "NguyÔn V¨n Hïng", "Nguyễn Văn Hùng", "clean.tcvn3")
_case("tcvn3: thị and í", "TrÇn ThÞ BÝch", "Trần Thị Bích", "clean.tcvn3", **WOMAN)
_case("tcvn3: superscript one", "Ph¹m Quèc B¶o", "Phạm Quốc Bảo", "clean.tcvn3")
_case("tcvn3: section sign", "§ç H÷u Kú", "Đỗ Hữu Kỳ", "clean.tcvn3")
_case("tcvn3: micro sign", "Hoµng Minh §øc", "Hoàng Minh Đức", "clean.tcvn3")
_case("tcvn3: soft hyphen is a letter", "L\xad¬ng ThÕ An", "Lương Thế An", "clean.tcvn3")
_case("tcvn3: few marks", "Vâ ThÞ Th¬m", "Võ Thị Thơm", "clean.tcvn3", **WOMAN)
_case("tcvn3: copyright sign", "Bïi Xu©n HuÊn", "Bùi Xuân Huấn", "clean.tcvn3")
_case("tcvn3: multiplication sign", "§Æng §×nh Phóc", "Đặng Đình Phúc", "clean.tcvn3")
_case("tcvn3: guillemet", "Ng« ThÞ LÖ", "Ngô Thị Lệ", "clean.tcvn3", **WOMAN)
_case("tcvn3: capital with its own code", "¢u D\xad¬ng Kh¶i", "Âu Dương Khải", "clean.tcvn3")
_case(
    "tcvn3: a capital lost its case",
    "TrÇn NguyÖt ¸nh",
    "Trần Nguyệt Ánh",
    "clean.tcvn3 clean.capitals",
    may=CASE,
    **WOMAN,
)
_case(
    "tcvn3: capital font",
    "NGUYÔN V¡N HïNG",
    "Nguyễn Văn Hùng",
    "clean.tcvn3 clean.capitals",
    may=CASE,
)
_case(
    "tcvn3: capital font, all tones lost their capitals",
    "PH¹M THÞ THñY",
    "Phạm Thị Thủy",
    "clean.tcvn3 clean.capitals",
    may=CASE,
    **WOMAN,
)
_case("tcvn3: small letters", "nguyÔn v¨n hïng", "Nguyễn Văn Hùng", f"clean.tcvn3 {CASE}")
_case(
    "tcvn3: a converter's capital of two characters",
    "Lª ThÞ A¸nh",
    "Lê Thị Ánh",
    "clean.tcvn3",
    may=f"clean.capitals {CASE}",
    **WOMAN,
)
_case("tcvn3: a highland name", "H'Bl¨m Niª", "H'Blăm Niê", "clean.tcvn3", **WOMAN)
_case("tcvn3: with spaces", " NguyÔn  V¨n Hïng ", "Nguyễn Văn Hùng", "clean.tcvn3 clean.spaces")

# VNI
_case("vni: title case", "Nguyeãn Vaên Huøng", "Nguyễn Văn Hùng", "clean.vni")
_case("vni: thị and í", "Traàn Thò Bích", "Trần Thị Bích", "clean.vni", **WOMAN)
_case("vni: diaeresis", "Phaïm Quoác Baûo", "Phạm Quốc Bảo", "clean.vni")
_case("vni: Ñ is Đ", "Ñoã Höõu Kyø", "Đỗ Hữu Kỳ", "clean.vni")
_case("vni: ë is a mark", "Ñaëng Ñình Phuùc", "Đặng Đình Phúc", "clean.vni")
_case("vni: ö and ô", "Löông Theá An", "Lương Thế An", "clean.vni")
_case("vni: ô is ơ", "Voõ Thò Thôm", "Võ Thị Thơm", "clean.vni", **WOMAN)
_case("vni: capital letters", "NGUYEÃN VAÊN HUØNG", "Nguyễn Văn Hùng", f"clean.vni {CASE}")
_case("vni: a capital with a small mark", "Leâ Thò Aùnh", "Lê Thị Ánh", "clean.vni", **WOMAN)
_case("vni: a capital with a capital mark", "Leâ Thò AÙnh", "Lê Thị Ánh", "clean.vni", **WOMAN)
_case("vni: y", "Huyønh Thò Myõ", "Huỳnh Thị Mỹ", "clean.vni", **WOMAN)
_case("vni: half converted", "Nguyeãn Văn Hùng", "Nguyễn Văn Hùng", "clean.vni")
_case(
    "vni: reads as a Vietnamese name as it stands",
    "Hoà Thò Vi",
    "Hòa Thò Vi",
    "clean.tone_placement",
    **WOMAN,
)

# VIQR
_case("viqr: title case", "Nguye^~n Va(n Hu`ng", "Nguyễn Văn Hùng", "clean.viqr")
_case("viqr: dot below", "Tra^`n Thi. Bi'ch", "Trần Thị Bích", "clean.viqr", **WOMAN)
_case("viqr: DD", "DDo^~ Hu+~u Ky`", "Đỗ Hữu Kỳ", "clean.viqr")
_case("viqr: Dd", "Dda(.ng Ddi`nh Phu'c", "Đặng Đình Phúc", "clean.viqr")
_case("viqr: horns", "Lu+o+ng The^' An", "Lương Thế An", "clean.viqr")
_case("viqr: capital letters", "NGUYE^~N VA(N HU`NG", "Nguyễn Văn Hùng", f"clean.viqr {CASE}")
_case("viqr: a capital with a tone", "Le^ Thi. A'nh", "Lê Thị Ánh", "clean.viqr", **WOMAN)
_case("viqr: dots alone", "Pham Thi. Ngo.c", "Pham Thị Ngọc", "clean.viqr", **WOMAN)
_case("viqr: an initial is no dot below", "Tran A. Minh", "", "", may="full_name.doubtful")

# Windows-1258, as Windows-1252 shows it
_case("1258: tilde", "NguyêÞn Vãn Hùng", "Nguyễn Văn Hùng", "clean.windows1258")
_case("1258: all tones apart", "NguyêÞn Vãn HuÌng", "Nguyễn Văn Hùng", "clean.windows1258")
_case("1258: dot below", "TrâÌn Thiò Bích", "Trần Thị Bích", "clean.windows1258", **WOMAN)
_case("1258: hook and acute", "Phaòm Quôìc BaÒo", "Phạm Quốc Bảo", "clean.windows1258")
_case("1258: Eth is Đ, ý is ư", "ÐôÞ HýÞu KyÌ", "Đỗ Hữu Kỳ", "clean.windows1258")
_case("1258: õ is ơ", "Lýõng Thêì An", "Lương Thế An", "clean.windows1258")
_case("1258: capital letters", "NGUYÊÞN VÃN HUÌNG", "Nguyễn Văn Hùng", f"clean.windows1258 {CASE}")
_case(
    "1258: reads as a Vietnamese name as it stands",
    "Trýõng Vãn Thý",
    "Trương Văn Thư",
    "clean.windows1258",
)

# UTF-8, misread
_case("utf-8 as 1252", "Nguyá»…n VÄƒn HÃ¹ng", "Nguyễn Văn Hùng", "clean.utf8")
_case("utf-8 as 1252: soft hyphen", "Tráº§n Thá»‹ BÃ\xadch", "Trần Thị Bích", "clean.utf8", **WOMAN)
_case("utf-8 as 1252: a control", "Ä\x90á»— Há»¯u Ká»³", "Đỗ Hữu Kỳ", "clean.utf8")
_case("utf-8 as 1252: a hard space", "HoÃ\xa0ng VÄƒn An", "Hoàng Văn An", "clean.utf8")
_case("utf-8 as 1252, twice", "NguyÃ¡Â»â€¦n VÃ„Æ’n An", "Nguyễn Văn An", "clean.utf8")

# What cannot be repaired
_case("lost letters", "Nguy?n V?n Hùng", "", "full_name.doubtful")
_case("lost letters, no vowel before", "Tr?n Ph??ng Nam", "", "full_name.doubtful")
_case("replacement characters", "Nguy\ufffdn V\ufffdn Hùng", "", "full_name.doubtful")
_case("VISCII, which nothing here reads", "Nguy­n Vån Hùng", "", "full_name.doubtful")

# Unicode
_case(
    "decomposed", "Nguye\u0302\u0303n Va\u0306n Hu\u0300ng", "Nguyễn Văn Hùng", "clean.normal_form"
)
_case("half composed", "Nguyê\u0303n Văn Hu\u0300ng", "Nguyễn Văn Hùng", "clean.normal_form")
_case("dot below after the circumflex", "Trần Vie\u0302\u0323t", "Trần Việt", "clean.normal_form")
_case("old tone characters", "Nguyễn Văn Hu\u0340ng", "Nguyễn Văn Hùng", "clean.normal_form")
_case("marks in the wrong order", "Nguye\u0303\u0302n An", "Nguyễn An", "clean.normal_form")
_case(
    "full width",
    "Ｎｇｕｙｅｎ Ｖａｎ Ａｎ",
    "Nguyen Van An",
    "clean.lookalike",
    may="clean.normal_form",
)
_case("two spaces", "Nguyễn  Văn   Hùng", "Nguyễn Văn Hùng", "clean.spaces")
_case("spaces around", "  Nguyễn Văn Hùng ", "Nguyễn Văn Hùng", "clean.spaces")
_case("hard spaces", "Nguyễn\u00a0Văn\u00a0Hùng", "Nguyễn Văn Hùng", "clean.spaces")
_case("ideographic space", "Nguyễn\u3000Văn Hùng", "Nguyễn Văn Hùng", "clean.spaces")
_case("a tab", "Nguyễn Văn\tHùng", "Nguyễn Văn Hùng", "clean.spaces")
_case("zero width", "Nguyễn Văn\u200b Hùng", "Nguyễn Văn Hùng", "clean.invisible")
_case("byte order mark", "\ufeffNguyễn Văn Hùng", "Nguyễn Văn Hùng", "clean.invisible")
_case("soft hyphen in a word", "Nguyễn Văn Hù\xadng", "Nguyễn Văn Hùng", "clean.invisible")
_case("direction mark", "Nguyễn Văn Hùng\u200e", "Nguyễn Văn Hùng", "clean.invisible")

# Letters that look alike
_case("Eth for Đ", "Ðỗ Thị Hường", "Đỗ Thị Hường", "clean.lookalike", **WOMAN)
_case("African D for Đ", "Ɖỗ Thị Hường", "Đỗ Thị Hường", "clean.lookalike", **WOMAN)
_case("small eth", "ðặng thị hà", "Đặng Thị Hà", f"clean.lookalike {CASE}", **WOMAN)
_case("Cyrillic а", "Nguyễn Vаn Аn", "Nguyễn Van An", "clean.lookalike")
_case("Greek Ν and ο", "Νguyễn Bảο", "Nguyễn Bảo", "clean.lookalike")
_case("curly apostrophe", "H’Blăm Niê", "H'Blăm Niê", "clean.lookalike", **WOMAN)
_case("backtick for an apostrophe", "K`Brơm", "K'Brơm", "clean.lookalike")
_case("acute for an apostrophe", "H´Blăm Niê", "H'Blăm Niê", "clean.lookalike", **WOMAN)
_case("another script altogether", "Иванов Пётр", "", "full_name.characters", **FOREIGN)
_case("Chinese characters", "阮文安", "", "full_name.characters", **FOREIGN)

# Capital and small letters
_case("all capitals", "NGUYỄN THỊ NGỌC HƯỜNG", "Nguyễn Thị Ngọc Hường", CASE, **WOMAN)
_case("all small", "đỗ hữu kỳ", "Đỗ Hữu Kỳ", CASE)
_case("capitals: H' and Niê", "H'BLĂM NIÊ", "H'Blăm Niê", CASE, **WOMAN)
_case("capitals: Y and Êban", "Y BLƠK ÊBAN", "Y Blơk Êban", CASE)
_case("capitals: A in the middle", "GIÀNG A PẢO", "Giàng A Pảo", CASE)
_case("capitals: one word", "K'BRƠM", "K'Brơm", CASE)
_case("capitals: O'Neill", "O'NEILL SEAN", "O'Neill Sean", CASE, **FOREIGN)
_case(
    "capitals: a hyphen", "DUPONT ANNE-MARIE", "Dupont Anne-Marie", CASE, **{**FOREIGN, "sex": "F"}
)
_case("capitals: unaccented", "NGUYEN VAN HUNG", "Nguyen Van Hung", CASE)
_case("one word in small letters", "Nguyễn văn Hùng", "Nguyễn Văn Hùng", CASE)
_case("shift held too long", "NGuyễn Văn Hùng", "Nguyễn Văn Hùng", CASE)
_case("mixed on purpose", "McDonald Fiona", "", "", **{**FOREIGN, "sex": "F"})
_case("small particles", "van der Berg Jan", "", "", **FOREIGN)

# Where the tone stands
_case("hoà", "Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "clean.tone_placement", **WOMAN)
_case("thuý", "Lê Thuý An", "Lê Thúy An", "clean.tone_placement", **WOMAN)
_case("hoè", "Trần Văn Hoè", "Trần Văn Hòe", "clean.tone_placement")
_case("hòang", "Hòang Văn An", "Hoàng Văn An", "clean.tone_placement")
_case("tóan", "Lê Văn Tóan", "Lê Văn Toán", "clean.tone_placement")
_case("qúy", "Trần Qúy", "Trần Quý", "clean.tone_placement")
_case("qùynh", "Lê Qùynh Nga", "Lê Quỳnh Nga", "clean.tone_placement", **WOMAN)
_case("gìang", "Gìang A Pảo", "Giàng A Pảo", "clean.tone_placement")
_case("quý is right", "Nguyễn Quý Hoàng")
_case("a slip is not cleaning's business", "Nguyển Văn Hùng")

# Clean names of the majority
_case("clean: the issue's own", "Nguyễn Thị Ngọc Hường", **WOMAN)
_case("clean: Đỗ Hữu Kỳ", "Đỗ Hữu Kỳ")
_case("clean: unaccented", "Tran Thi Bich", **WOMAN)
_case("clean: one letter", "Nguyễn Như Ý", **WOMAN)
_case("clean: a letter for a name", "Lê A")
_case("clean: two words", "Hồ Hải")
_case("clean: a family name of two words", "Âu Dương Thị Ý", **WOMAN)
_case("clean: six words", "Công Huyền Tôn Nữ Như Mai", **WOMAN)
_case("clean: words that VNI might mean otherwise", "Hồ Thò Vi", **WOMAN)
_case("clean: apart", "Nguyễn Bảo Duyên", family_name="Nguyễn", given_name="Bảo Duyên")

# Clean names of ethnic minorities, and of one word
_case("highland: H'", "H'Blăm Niê", **WOMAN)
_case("highland: Y", "Y Blơk Êban")
_case("highland: K'", "K'Brơm")
_case("highland: Ksor H'", "Ksor H'Lan", **WOMAN)
_case("highland: u with breve", "Kpă Ayŭn")
_case("highland: Rơ Châm", "Rơ Châm Hlơm", **WOMAN)
_case("highland: Siu", "Siu Blêh")
_case("highland: A Lăng", "A Lăng Thị Nhơn", **WOMAN)
_case("highland: Điểu", "Điểu Krăng")
_case("highland: Zơ Râm", "Zơ Râm Nhứt")
_case("highland: Pơ Loong", "Pơ Loong Thị Hia", **WOMAN)
_case("mountain: Giàng A", "Giàng A Pảo")
_case("mountain: Mỷ", "Lò Thị Mỷ", **WOMAN)
_case("mountain: Tẩn Láo", "Tẩn Láo Tả")
_case("Khmer", "Thạch Sô Phia")
_case("Chăm", "Thiên Sanh Bảo")
_case("Hoa", "Lỷ Múi Phấn", **WOMAN)
_case("one word", "Brơi")
_case("one word of the majority", "Đạt")
_case("one word, unaccented", "Ngon", **WOMAN)

# Clean foreign names that look wrongly encoded
for _name in (
    *("Muñoz José", "Müller Jörg", "Lefèvre François", "Åkesson Björn", "Kjær Søren"),
    *("Gonçalves João", "Łukaszewicz Michał", "Öztürk Ömer", "Novák Tomáš", "Þórsson Guðmundur"),
    *("Đorđević Milan", "Ibáñez Íñigo", "d'Aubigné Éloi", "Ó Briain Seán", "Dubois Noël"),
    *("Le Loïc", "Dubois Maï", "Nguyen-Dupont Anaïs", "Peña Ñuflo", "N'Guessan Koffi"),
    *("Kim Min-jun", "Sukarjo", "St. John Peter", "Nuñez Á Lô"),
):
    _case(f"foreign: {_name}", _name, **FOREIGN)

# No names
_case("nothing", "", "", "full_name.missing")
_case("spaces alone", "   ", "", "full_name.missing", may="clean.spaces")
_case("a dash", "-", "", "full_name.missing", may="full_name.characters")
_case("NULL", "NULL", "", "full_name.missing", may=CASE)
_case("a remark in brackets", "Nguyễn Văn Hùng (F0)", "", "full_name.characters")
_case("a year behind the name", "Nguyễn Văn Hùng 1985", "", "full_name.characters")
_case("two people", "Nguyễn Văn Hùng, Lê Thị An", "", "full_name.characters")
_case(
    "the code of an identity card",
    "001085900012|012345678|Nguyễn Văn Hùng|03021985|Nam|Xã Mẫu|01012022",
    "",
    "full_name.characters",
)
_case(
    "the code of an insurance card", "4E677579E1BB856E2056C4836E20416E", "", "full_name.characters"
)
_case(
    "parts of somebody else",
    "Lê Văn An",
    "",
    "full_name.parts",
    family_name="Trần",
    given_name="Văn An",
)
_case(
    "parts with the names swapped",
    "Lê Văn An",
    "",
    "full_name.parts",
    family_name="Văn An",
    given_name="Lê",
)

# Identity numbers
AN = "Lê Văn An"
_case("cccd in groups", AN, "", "clean.format", identity_number="001 085 900 012")
_case("cccd as a spreadsheet's text", AN, "", "clean.format", identity_number="'001085900012")
_case("cccd without its zeros", AN, "", "identity_number.malformed", identity_number="1085900012")
_case("cccd as a number", AN, "", "identity_number.malformed", identity_number="1.0859E+09")
_case("a letter O", AN, "", "identity_number.malformed", identity_number="OO1O859OOO12")
_case("cmnd called cccd", AN, "", "identity_number.malformed", identity_number="912345678")
_case("cmnd", AN, identity_type="cmnd", identity_number="912345678")
_case("cmnd by its shape", AN, identity_type="", identity_number="912345678")
_case("passport", AN, identity_type="passport", identity_number="Z1234567")
_case("passport with a chip", AN, identity_type="passport", identity_number="Z01234567")
_case(
    "passport in small letters",
    AN,
    "",
    "clean.format",
    identity_type="passport",
    identity_number="z1234567",
)
_case("passport by its shape", AN, identity_type="", identity_number="Z1234567")
_case("an unknown province", AN, identity_number="999085900012")
_case("born in 2004", AN, identity_number="001204900012", birth_date="2004-05-06")
_case(
    "a woman born in 2004",
    "Lê Thị An",
    sex="F",
    identity_number="001304900012",
    birth_date="2004-05-06",
)
_case("a woman's number", AN, "", "identity_number.sex", identity_number="001185900012")
_case("another century", AN, "", "identity_number.birth_year", identity_number="001285900012")
_case("another year", AN, "", "identity_number.birth_year", identity_number="001086900012")
_case("no number", AN, "", "identity_number.missing", identity_number="")
_case(
    "both wrong",
    AN,
    "",
    "identity_number.sex identity_number.birth_year",
    identity_number="001186900012",
)

# Dates, sex, nationality
_case("a year alone", AN, birth_date="1985")
_case("a month alone", AN, birth_date="1985-02")
_case("day first", AN, "", "clean.format", birth_date="03/02/1985")
_case("day first, short", AN, "", "clean.format", birth_date="3/2/1985")
_case("month first", AN, "", "birth_date.malformed", birth_date="02/25/1985")
_case("year first with bars", AN, "", "clean.format", birth_date="1985/02/03")
_case("two digits of a year", AN, "", "birth_date.malformed", birth_date="03-02-85")
_case("a day of no calendar", AN, "", "birth_date.malformed", birth_date="29/02/1985")
_case("a spreadsheet's day", AN, "", "birth_date.malformed", birth_date="31081")
_case("zeros for what is unknown", AN, "", "clean.format", birth_date="00/00/1985")
_case("a time of day", AN, "", "clean.format", vaccination_date="2021-08-10T00:00:00")
_case("a dose of 2012", AN, "", "vaccination_date.too_early", vaccination_date="2012-08-10")
_case("a dose on 31 April", AN, "", "vaccination_date.malformed", vaccination_date="2021-04-31")
_case("nam", AN, "", "clean.format", sex="nam")
_case(
    "Nữ, decomposed",
    "Lê Thị An",
    "",
    "clean.format",
    may="clean.normal_form",
    **{**WOMAN, "sex": "Nu\u031b\u0303"},
)
_case("Nữ with a man's number", "Lê Thị An", "", "clean.format identity_number.sex", sex="Nữ")
_case("sex as a digit", AN, "", "sex.unknown", sex="1")
_case("Việt Nam", AN, "", "clean.format", nationality="Việt Nam")
_case("an ethnicity for a nationality", AN, "", "nationality.unknown", nationality="Kinh")

# The dose
_case("Verocell", AN, product="Verocell")
_case("vero cell (Sinopharm)", AN, product="Vero Cell (Sinopharm)")
_case("Sinopharm", AN, "", "product.ambiguous", product="Sinopharm")
_case("AZ", AN, product="AZ")
_case("a vaccine not licensed", AN, "", "product.unknown", product="Nanocovax")
_case("no product's name", AN, "", "product.unknown", product="Vắc xin COVID-19")
_case("mũi 1", AN, "", "clean.format", dose_number="Mũi 1")
_case("a number with a fraction", AN, "", "clean.format", dose_number="1.0")
_case("nhắc lại", AN, "", "dose_number.malformed", dose_number="nhắc lại")
_case("a facility without its zero", AN, "", "facility_code.malformed", facility_code="1901")

# Against the population database
_case("swapped: given name first", "An Văn Lê", "", "match.full_name.swapped_order", reference=AN)
_case("swapped: family name last", "Văn An Lê", "", "match.full_name.swapped_order", reference=AN)
_case(
    "swapped, by a foreigner's form",
    "José Muñoz",
    "",
    "match.full_name.swapped_order",
    reference="Muñoz José",
    **FOREIGN,
)
_case(
    "swapped: a highland name",
    "Niê H'Blăm",
    "",
    "match.full_name.swapped_order",
    reference="H'Blăm Niê",
    **WOMAN,
)
_case("marks lost", "Le Van An", "", "match.full_name.tone_marks", reference="Lê Văn Ấn")
_case("Đ lost", "Do Huu Ky", "", "match.full_name.tone_marks", reference="Đỗ Hữu Kỳ")
_case("hỏi for ngã", "Nguyển Văn An", "", "match.full_name.tone_marks", reference="Nguyễn Văn An")
_case(
    "one letter too few",
    "Nguyễn Văn Hùg",
    "",
    "match.full_name.typing_slip",
    reference="Nguyễn Văn Hùng",
)
_case(
    "two letters swapped",
    "Nguyễn Văn Hùgn",
    "",
    "match.full_name.typing_slip",
    reference="Nguyễn Văn Hùng",
)
_case(
    "a space too few",
    "Nguyễn VănHùng",
    "",
    "match.full_name.typing_slip",
    reference="Nguyễn Văn Hùng",
)
_case("the middle name left out", "Lê An", "", "match.full_name.different", reference=AN)
_case("another name", "Trần Quốc Bảo", "", "match.full_name.different", reference=AN)
_case("the same", AN, "", "", reference=AN)
_case("the same after cleaning here", "LÊ VĂN AN", AN, CASE, reference=AN)
_case(
    "the same after cleaning there",
    AN,
    "",
    "match.full_name.same_after_cleaning",
    reference="LÊ VĂN AN",
)
_case(
    "tone placement there", "Lê Hòa", "", "match.full_name.same_after_cleaning", reference="Lê Hoà"
)
