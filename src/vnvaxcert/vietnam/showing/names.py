"""What the codes of a certificate are called in Vietnamese, and in English.

The English names are those of the EU's value sets. A Vietnamese name stands here where it differs;
brands and most companies are called alike in both languages. A code of no value set is shown as it
is, and said to be unknown: nothing is guessed.

Spec: Decision 5772/QĐ-BYT, which refers to the EU's value sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from vnvaxcert.schema import valuesets

_DEPRECATED: Final = " (deprecated)"
_DEPRECATED_VI: Final = " (mã không còn dùng)"


class Name(NamedTuple):
    """A name in both languages.

    Attributes:
        vi: In Vietnamese.
        en: In English.
        is_known: Whether the code is in its value set; else both names show the code itself.
    """

    vi: str
    en: str
    is_known: bool


VACCINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1119305005": "Vắc xin kháng nguyên SARS-CoV-2",
        "1119349007": "Vắc xin mRNA phòng SARS-CoV-2",
        "J07BX03": "Vắc xin phòng COVID-19",
        "1162643001": "Vắc xin kháng nguyên protein gai tái tổ hợp SARS-CoV-2",
        "1157024006": "Vắc xin SARS-CoV-2 toàn hạt bất hoạt",
        "29061000087103": "Vắc xin véc-tơ vi rút không sao chép phòng COVID-19",
        "28531000087107": "Vắc xin phòng COVID-19",
        "30141000087107": "Vắc xin hạt giả vi rút SARS-CoV-2",
        "1187593009": "Vắc xin DNA plasmid mã hóa protein gai SARS-CoV-2",
    }
)
"""Kinds of vaccine (``vp``)."""

# As people in Viet Nam know them: the name on the vial is added where the code does not tell it.
PRODUCTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "EU/1/20/1528": "Comirnaty (Pfizer/BioNTech)",
        "EU/1/20/1507": "Spikevax (Moderna)",
        "EU/1/21/1529": "Vaxzevria (AstraZeneca)",
        "EU/1/20/1525": "Jcovden (Janssen)",
        "EU/1/21/1618": "Nuvaxovid (Novavax)",
        "EU/1/21/1624": "Vắc xin COVID-19 Valneva",
        "BBIBP-CorV": "BBIBP-CorV (Vero Cell, Sinopharm Bắc Kinh)",
        "WIBP-CorV": "WIBP-CorV (Sinopharm Vũ Hán)",
        "Inactivated-SARS-CoV-2-Vero-Cell": "Vắc xin SARS-CoV-2 bất hoạt (Vero Cell)",
        "Sputnik-V": "Sputnik V (Gam-COVID-Vac)",
        "Covid-19-recombinant": "Covid-19 (tái tổ hợp)",
        "MVC-COV1901": "Vắc xin COVID-19 MVC",
        "Covid-19-adsorvida-inativada": "Vắc xin COVID-19 hấp phụ, bất hoạt (Butantan)",
    }
)
"""Products (``mp``) whose name differs."""

HOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ORG-100020693": "Tập đoàn Sinopharm Trung Quốc, cơ sở Bắc Kinh",
        "ORG-100010771": "Sinopharm Weiqida Europe Pharmaceutical s.r.o., cơ sở Praha",
        "ORG-100024420": "Sinopharm Zhijun (Thâm Quyến), cơ sở Thâm Quyến",
        "ORG-100001981": "Viện Huyết thanh Ấn Độ (Serum Institute of India)",
        "Gamaleya-Research-Institute": "Viện Nghiên cứu Gamaleya (Nga)",
        "Vector-Institute": "Viện Vector (Nga)",
        "Chumakov-Federal-Scientific-Center": (
            "Trung tâm Khoa học Liên bang Chumakov về nghiên cứu và phát triển chế phẩm sinh học"
        ),
        "CIGB": "Trung tâm Kỹ thuật Di truyền và Công nghệ Sinh học Cuba (CIGB)",
        "Sinopharm-WIBP": "Sinopharm, Viện Sinh phẩm Vũ Hán",
        "Instituto-Butantan": "Viện Butantan (Brazil)",
        "NVSI": "Viện Vắc xin và Huyết thanh Quốc gia Trung Quốc",
        "Finlay-Institute": "Viện Vắc xin Finlay (Cuba)",
    }
)
"""Holders and manufacturers (``ma``) whose name differs."""

COUNTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "VN": "Việt Nam",
        "AE": "Các Tiểu vương quốc Ả Rập Thống nhất",
        "AG": "Antigua và Barbuda",
        "AQ": "Nam Cực",
        "AS": "Samoa thuộc Mỹ",
        "AT": "Áo",
        "AU": "Úc",
        "AX": "Quần đảo Åland",
        "BA": "Bosnia và Herzegovina",
        "BE": "Bỉ",
        "BN": "Brunei",
        "BO": "Bolivia",
        "BQ": "Bonaire, Sint Eustatius và Saba",
        "BV": "Đảo Bouvet",
        "CC": "Quần đảo Cocos (Keeling)",
        "CD": "Cộng hòa Dân chủ Congo",
        "CF": "Cộng hòa Trung Phi",
        "CG": "Cộng hòa Congo",
        "CH": "Thụy Sĩ",
        "CI": "Bờ Biển Ngà",
        "CK": "Quần đảo Cook",
        "CN": "Trung Quốc",
        "CX": "Đảo Giáng Sinh",
        "CY": "Síp",
        "CZ": "Séc",
        "DE": "Đức",
        "DK": "Đan Mạch",
        "DO": "Cộng hòa Dominica",
        "EG": "Ai Cập",
        "EH": "Tây Sahara",
        "ES": "Tây Ban Nha",
        "FI": "Phần Lan",
        "FK": "Quần đảo Falkland (Malvinas)",
        "FM": "Micronesia",
        "FO": "Quần đảo Faroe",
        "FR": "Pháp",
        "GB": "Vương quốc Anh",
        "GF": "Guiana thuộc Pháp",
        "GQ": "Guinea Xích đạo",
        "GR": "Hy Lạp",
        "GS": "Nam Georgia và Quần đảo Nam Sandwich",
        "HK": "Hồng Kông",
        "HM": "Đảo Heard và Quần đảo McDonald",
        "IM": "Đảo Man",
        "IN": "Ấn Độ",
        "IO": "Lãnh thổ Ấn Độ Dương thuộc Anh",
        "IR": "Iran",
        "IT": "Ý",
        "JP": "Nhật Bản",
        "KH": "Campuchia",
        "KN": "Saint Kitts và Nevis",
        "KP": "Triều Tiên",
        "KR": "Hàn Quốc",
        "KY": "Quần đảo Cayman",
        "LA": "Lào",
        "MA": "Maroc",
        "MD": "Moldova",
        "MF": "Saint Martin (phần thuộc Pháp)",
        "MH": "Quần đảo Marshall",
        "MK": "Bắc Macedonia",
        "MN": "Mông Cổ",
        "MO": "Ma Cao",
        "MP": "Quần đảo Bắc Mariana",
        "NC": "New Caledonia",
        "NF": "Đảo Norfolk",
        "NL": "Hà Lan",
        "NO": "Na Uy",
        "PF": "Polynesia thuộc Pháp",
        "PL": "Ba Lan",
        "PM": "Saint Pierre và Miquelon",
        "PS": "Palestine",
        "PT": "Bồ Đào Nha",
        "RU": "Liên bang Nga",
        "SA": "Ả Rập Xê Út",
        "SB": "Quần đảo Solomon",
        "SE": "Thụy Điển",
        "SH": "Saint Helena, Ascension và Tristan da Cunha",
        "SJ": "Svalbard và Jan Mayen",
        "SS": "Nam Sudan",
        "ST": "São Tomé và Príncipe",
        "SX": "Sint Maarten (phần thuộc Hà Lan)",
        "SY": "Syria",
        "TC": "Quần đảo Turks và Caicos",
        "TF": "Vùng đất phía Nam thuộc Pháp",
        "TH": "Thái Lan",
        "TL": "Đông Timor",
        "TR": "Thổ Nhĩ Kỳ",
        "TT": "Trinidad và Tobago",
        "TW": "Đài Loan",
        "TZ": "Tanzania",
        "UM": "Các tiểu đảo xa của Hoa Kỳ",
        "US": "Hoa Kỳ",
        "VA": "Tòa Thánh",
        "VC": "Saint Vincent và Grenadines",
        "VE": "Venezuela",
        "VG": "Quần đảo Virgin thuộc Anh",
        "VI": "Quần đảo Virgin thuộc Mỹ",
        "WF": "Wallis và Futuna",
        "XK": "Kosovo",
        "ZA": "Nam Phi",
    }
)
"""Countries whose name differs."""

# The release has two apostrophes for one, a name cut off, and a name of before 2019.
_COUNTRIES_EN: Final = MappingProxyType({"VI": "Virgin Islands, U.S.", "MK": "North Macedonia"})

_VIETNAMESE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        valuesets.VACCINES: VACCINES,
        valuesets.PRODUCTS: PRODUCTS,
        valuesets.HOLDERS: HOLDERS,
        valuesets.COUNTRIES: COUNTRIES,
    }
)


def name_of(set_id: str, code: str) -> Name:
    """Return what a code is called.

    Args:
        set_id: Identifier of a value set, a constant of `vnvaxcert.schema.valuesets`.
        code: The code as it stands in a certificate.

    Returns:
        Both names. A deprecated code is said to be that; of an unknown one each name is the code
        and the remark that it is in no value set.
    """
    english = valuesets.display(set_id, code)
    if english is None:
        return Name(f"{code} (mã không có trong danh mục)", f"{code} (not a known code)", False)
    if set_id == valuesets.COUNTRIES:
        english = _COUNTRIES_EN.get(code, english.replace("''", "'"))
    plain = english.removesuffix(_DEPRECATED)
    vietnamese = _VIETNAMESE.get(set_id, {}).get(code, plain)
    if plain != english:
        vietnamese += _DEPRECATED_VI
    return Name(vietnamese, english, True)
