"""ICAO Doc 9303-3, section 5: codes of states and of others that issue documents.

A certificate's subject names its country by two letters (Doc 9303-12), a seal and a passport
their issuer by the code of Doc 9303-3, which is the three letters of ISO 3166-1 with a few
additions. A verifier that compares the two needs both.

The two-letter codes of the additions are those that issuers' certificates show: ``EU`` and ``UN``
(reserved by ISO for just these), ``UT`` for the Utopia of specimens. Kosovo writes ``KS`` in its
certificates, while the European value set of countries and most others say ``XK``.
"""

from __future__ import annotations

from typing import Final

_ISO_3166_1: Final = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA
AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES
BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK
CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA
DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA
GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD
IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA
KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA
LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ
MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC
NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC
SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV
SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR
TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
"""ISO 3166-1 as of 2026: alpha-2 and alpha-3 of each of its 249 countries, run together."""

_ICAO: Final = {
    "D": "DE",  # Germany, the one state whose code in Doc 9303-3 is not ISO's
    "RKS": "XK",  # Kosovo
    "GBD": "GB",  # British Overseas Territories citizen
    "GBN": "GB",  # British National (Overseas)
    "GBO": "GB",  # British Overseas citizen
    "GBP": "GB",  # British protected person
    "GBS": "GB",  # British subject
    "EUE": "EU",  # European Union, laissez-passer
    "UNO": "UN",  # United Nations
    "UNA": "UN",  # one of its specialised agencies
    "UNK": "UN",  # its interim administration in Kosovo
    "IAO": "UN",  # ICAO, where it signs a master list
    "XCC": "XC",  # Caribbean Community
    "XOM": "XO",  # Sovereign Military Order of Malta
    "XPO": "XP",  # Interpol
    "UTO": "UT",  # Utopia, in specimens
}
"""Codes that Doc 9303-3 adds -> the two letters in certificates.

Without two letters, and so not here: the banks and regional bodies ``XBA``, ``XCE``, ``XCO``,
``XDC``, ``XEC``, ``XES``, ``XIM``, ``XMP``; and people without a nationality (``XXA``, ``XXB``,
``XXC``, ``XXX``), who issue nothing.
"""

_ADDED_ALPHA2: Final = {
    "DE": "D",
    "XK": "RKS",
    "KS": "RKS",
    "EU": "EUE",
    "UN": "UNO",
    "XC": "XCC",
    "XO": "XOM",
    "XP": "XPO",
    "UT": "UTO",
}

_ALPHA3: Final = {pair[:2]: pair[2:] for pair in _ISO_3166_1.split()} | _ADDED_ALPHA2
_ALPHA2: Final = {pair[2:]: pair[:2] for pair in _ISO_3166_1.split()} | _ICAO


def alpha3(code2: str) -> str | None:
    """Give the code of Doc 9303-3 for a two-letter code.

    Args:
        code2: Two capitals: ISO 3166-1 alpha-2, or ``EU``, ``UN``, ``XK``, ``KS``, ``XC``, ``XO``,
            ``XP``, ``UT``.

    Returns:
        Three capitals (``"VNM"`` for ``"VN"``), but ``"D"`` alone for Germany, as Doc 9303-3 has
        it; None for a code that is not known.

    Spec: ICAO Doc 9303-3 §5; ISO 3166-1.
    """
    return _ALPHA3.get(code2)


def alpha2(code3: str) -> str | None:
    """Give the two-letter code for a code of Doc 9303-3.

    Args:
        code3: Three capitals, or ``"D"``; for Germany ``"DEU"`` is understood too.

    Returns:
        Two capitals (``"VN"`` for ``"VNM"``); None for a code that is not known or has none.
        Several codes may share one: ``GBR`` and the five kinds of other Britons give ``"GB"``.

    Spec: ICAO Doc 9303-3 §5; ISO 3166-1.
    """
    return _ALPHA2.get(code3)


def is_same_state(code3: str, code2: str) -> bool:
    """Whether a seal's issuer and a certificate's country are the same.

    Args:
        code3: Code of Doc 9303-3, as in ``hdr.is``; capitals.
        code2: Country of a certificate's name. Its case makes no difference: certificates have
            been issued with small letters, against Doc 9303-12.

    Returns:
        False for different ones, and whenever either code is not known.

    Spec: ICAO Doc 9303-3 §5, 9303-12 §7.1.
    """
    known = _ALPHA2.get(code3)
    if known is None or not code2.isascii():
        return False
    capitals = code2.upper()
    return capitals == known or (code3 == "RKS" and _ALPHA3.get(capitals) == "RKS")
