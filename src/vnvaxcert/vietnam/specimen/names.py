"""Names of people who do not exist: parts of common names, put together at random.

No list of persons was used. Beside the majority's names there are those that trip up software: of
the Central Highlands and the northern mountains, of one word, and of foreigners.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple


class Name(NamedTuple):
    """A full name and how it splits.

    Attributes:
        family: Family name; the whole name where it is of one word.
        given: Middle and given names, ``""`` for a name of one word.
    """

    family: str
    given: str

    @property
    def full(self) -> str:
        """Family name first, as it is written in Viet Nam."""
        return f"{self.family} {self.given}".rstrip()


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


_FAMILY: Final = words(
    "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ "
    "Ngô Dương Lý Đào Đoàn Vương Trịnh Đinh Lâm Mai Trương Cao Hà Tạ Thái Chu Tô Lương "
    "Phùng Quách Tăng Kiều Triệu Nghiêm Từ Lưu Khổng Đồng Ông Doãn Thân Âu"
)
_MIDDLE: Final = {
    "M": words(
        "Văn Văn Hữu Đức Công Quang Minh Xuân Đình Ngọc Thanh Quốc Bá Tuấn Gia Trọng Duy Hoàng "
        "Thế Mạnh Khắc Viết Hồng Đăng Nhật Phúc Thành Việt Chí Trung"
    ),
    "F": words(
        "Thị Thị Ngọc Thu Thanh Minh Thùy Phương Bích Kim Mỹ Diệu Hồng Khánh Quỳnh Bảo Cẩm "
        "Tuyết Mai Lan Thiên Hoài Như Yến Ánh Diễm Xuân Hạnh Tường Kiều"
    ),
}
_GIVEN: Final = {
    "M": words(
        "An Anh Bảo Bình Cường Chiến Dũng Duy Đạt Điền Đông Giang Hải Hào Hiếu Hòa Hoàng Hùng "
        "Huy Hưng Kha Khang Khải Khánh Khoa Kiên Kỳ Lâm Long Lộc Luân Mạnh Nam Nghĩa Nhân Phát "
        "Phong Phú Phúc Phước Quân Quang Quý Sang Sơn Tài Tâm Tấn Thạch Thắng Thành Thiện Thịnh "
        "Thuận Tiến Tín Toàn Trí Trường Tuấn Tùng Vinh Vĩ Vượng Xuyên Ý"
    ),
    "F": words(
        "An Ánh Bích Châu Chi Cúc Diệp Dung Duyên Đào Giang Hà Hạnh Hằng Hiền Hoa Hòa Hồng Huệ "
        "Hương Hường Huyền Khanh Lan Lê Liên Linh Loan Ly Mai Mơ My Nga Ngân Nguyệt Nhi Nhung "
        "Nụ Oanh Phương Phượng Quyên Quỳnh Sương Tâm Thảo Thơ Thoa Thu Thủy Thúy Thư Tiên Trang "
        "Trâm Trinh Trúc Tuyết Uyên Vân Vy Xuân Yến"
    ),
}

_HIGHLAND_FAMILY: Final = words("Niê Mlô Êban Kbuôr Hmok Byă Adrơng Ksơr")
_HIGHLAND_GIVEN: Final = {
    "M": ("Y Blăm", "Y Djuên", "Y Krông", "Y Thuôn", "Y Wăn", "Y Bhiêo", "Y Nguê"),
    "F": ("H'Blăm", "H'Juên", "H'Mrông", "H'Linh", "H'Ngơm", "H'Drai", "H'Yam"),
}
_MOUNTAIN_FAMILY: Final = words("Giàng Sùng Vàng Thào Lò Quàng Cà Hờ Mùa Tẩn Lầu Điểu Hà Rơ")
_MOUNTAIN_GIVEN: Final = {
    "M": ("A Páo", "A Sử", "A Chừ", "Mí Lình", "Seo Dế", "Văn Pành", "A Tủa", "Láo Tả"),
    "F": ("Thị Mỷ", "Thị Dở", "Thị Pà", "Thị Súa", "Thị Xía", "Thị Chía", "Mỷ Sai", "Tả Mẩy"),
}
_ONE_WORD: Final = words("Brôi Điêng Klơng Hlăm Ngơn Plếk Rớt Xôm Đrih Yơr")
_FOREIGN_FAMILY: Final = (
    *("Muñoz", "Müller", "Lefèvre", "O'Neill", "Åkesson", "Kjær", "Gonçalves", "Kowalczyk"),
    *("Nakamura", "Dupont-Martin", "van der Berg", "Öztürk", "Novák", "Smith", "Kim", "Sánchez"),
)
_FOREIGN_GIVEN: Final = {
    "M": ("José", "Jörg", "François", "Søren", "João", "Ibrahim", "Min-jun", "Tomáš", "Hiroshi"),
    "F": ("Anne-Marie", "Siobhán", "Zoë", "Inês", "Małgorzata", "Ayşe", "Yuki", "Hélène", "Núria"),
}


def majority_name(rng: Random, sex: str) -> Name:
    """Put together a name of the majority: two to four words, each a Vietnamese syllable.

    Args:
        rng: Where chance comes from.
        sex: ``M`` or ``F``.
    """
    draw = rng.random()
    given = [rng.choice(_GIVEN[sex])]
    if draw < 0.92:
        given.insert(0, rng.choice(_MIDDLE[sex]))
    if draw < 0.45:
        given.insert(1, rng.choice(_MIDDLE[sex]))
    return Name(rng.choice(_FAMILY), " ".join(given))


def minority_name(rng: Random, sex: str) -> Name:
    """Put together a name of the highlands or the mountains; one in eight is of one word.

    Args:
        rng: Where chance comes from.
        sex: ``M`` or ``F``.
    """
    draw = rng.random()
    if draw < 0.125:
        return Name(rng.choice(_ONE_WORD), "")
    if draw < 0.5:
        return Name(rng.choice(_HIGHLAND_GIVEN[sex]), rng.choice(_HIGHLAND_FAMILY))
    return Name(rng.choice(_MOUNTAIN_FAMILY), rng.choice(_MOUNTAIN_GIVEN[sex]))


def foreign_name(rng: Random, sex: str) -> Name:
    """Put together a foreigner's name, with the letters of their own alphabet.

    Args:
        rng: Where chance comes from.
        sex: ``M`` or ``F``.
    """
    return Name(rng.choice(_FOREIGN_FAMILY), rng.choice(_FOREIGN_GIVEN[sex]))


def long_name(rng: Random, sex: str) -> Name:
    """Put together a name that no certificate can hold: 30 middle names or more.

    Args:
        rng: Where chance comes from.
        sex: ``M`` or ``F``.
    """
    middle = rng.choices(_MIDDLE[sex], k=rng.randint(40, 48))
    return Name(rng.choice(_FAMILY), " ".join([*middle, rng.choice(_GIVEN[sex])]))
