"""What each refusal and warning of a verification means, for an inspector.

A table holds every code that a verification can give; a test compares it with the errors. No text
repeats anything that a certificate says.

Spec: Circular 15/2025/TT-BKHCN (what a verifier reports, in Vietnamese).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vnvaxcert.vietnam.showing.words import Words

REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        # 1. Unwrapping
        "input.too_long": Words(
            "Nội dung dài hơn mức một mã QR có thể chứa",
            "the text is longer than a QR code can hold",
        ),
        "hcert.prefix": Words(
            "Đây không phải mã QR của chứng nhận sức khỏe; có thể đã quét nhầm mã khác",
            "this is not the code of a health certificate; another code may have been scanned",
        ),
        "base45.invalid": Words(
            "Nội dung mã QR bị hỏng; hãy quét lại", "the text of the code is damaged; scan again"
        ),
        "zlib.invalid": Words(
            "Nội dung mã QR bị thiếu hoặc bị hỏng; hãy quét lại",
            "the contents of the code are cut off or damaged; scan again",
        ),
        "zlib.too_large": Words(
            "Nội dung giải nén quá lớn: không có chứng nhận thật nào như vậy",
            "the contents unpack to more than any real certificate has",
        ),
        "qr.unreadable": Words(
            "Không đọc được mã QR trong ảnh; hãy chụp rõ và thẳng hơn",
            "no code could be read in the picture; take a sharper, straighter one",
        ),
        # 2. The message and its headers
        "cbor.malformed": Words(
            "Cấu trúc dữ liệu của chứng nhận bị hỏng", "the certificate's data are damaged"
        ),
        "cose.structure": Words(
            "Đây không phải một thông điệp đã ký hợp lệ", "this is no proper signed message"
        ),
        "cose.algorithm": Words(
            "Thuật toán chữ ký bị thiếu hoặc không được chấp nhận",
            "the signature's algorithm is missing or not accepted",
        ),
        "cose.kid": Words(
            "Chứng nhận không nói khóa nào đã ký",
            "the certificate does not say which key signed it",
        ),
        "vdsnc.malformed": Words(
            "Con dấu số VDS-NC bị hỏng; hãy quét lại", "the VDS-NC seal is damaged; scan again"
        ),
        "vdsnc.unsupported": Words(
            "Con dấu số thuộc loại mà phần mềm này không kiểm tra được; hãy dùng phần mềm khác",
            "the seal is of a kind that this program cannot check; use another",
        ),
        # 3. The trusted keys
        "trust.unknown_kid": Words(
            "Không có khóa của người ký trong danh sách tin cậy; nếu danh sách đã mới nhất thì "
            "người ký không được tin cậy",
            "the signer's key is not on the trust list; if the list is fresh, the signer is not "
            "trusted",
        ),
        "trust.algorithm_mismatch": Words(
            "Thuật toán chữ ký không phù hợp với khóa đã đăng ký; có thể có người giả mạo mã khóa",
            "the algorithm does not fit the listed key; somebody may be using its identifier",
        ),
        # 4. The signature
        "signature.invalid": Words(
            "Chữ ký số không đúng: chứng nhận đã bị sửa đổi hoặc do người khác tạo ra",
            "the signature is wrong: the certificate was changed or made by somebody else",
        ),
        # 5. The signer
        "signer.expired": Words(
            "Chứng thư số của người ký đã hết hạn", "the signer's certificate has expired"
        ),
        "signer.not_yet_valid": Words(
            "Chứng thư số của người ký chưa có hiệu lực; hãy kiểm tra đồng hồ của máy",
            "the signer's certificate is not yet valid; check this device's clock",
        ),
        "signer.chain": Words(
            "Chứng thư số của người ký không dẫn tới cơ quan chứng thực quốc gia nào được tin cậy",
            "the signer's certificate leads to no trusted country authority",
        ),
        "signer.usage": Words(
            "Người ký không được phép ký loại chứng nhận này",
            "the signer may not sign this kind of certificate",
        ),
        "signer.revoked": Words(
            "Chứng thư số của người ký đã bị thu hồi", "the signer's certificate was revoked"
        ),
        # 6. Claims and times
        "cwt.claims": Words(
            "Thông tin về người cấp hoặc thời hạn bị thiếu hoặc sai định dạng",
            "the issuer or a time is missing or malformed",
        ),
        "cwt.expired": Words(
            "Chứng nhận đã hết hạn; người giữ có thể xin mã mới",
            "the certificate has expired; its holder can ask for a new code",
        ),
        "cwt.not_yet_valid": Words(
            "Chứng nhận chưa có hiệu lực; hãy kiểm tra đồng hồ của máy",
            "the certificate is not yet valid; check this device's clock",
        ),
        # 7. The contents
        "hcert.content": Words(
            "Chữ ký đúng nhưng không có loại chứng nhận nào mà phần mềm này biết",
            "the signature is good, and the contents are of no known kind",
        ),
        "schema.invalid": Words(
            "Nội dung chứng nhận không đúng cấu trúc quy định",
            "the contents break the rules for certificates",
        ),
        "national.malformed": Words(
            "Phần thông tin riêng của Việt Nam sai định dạng",
            "the national part of the certificate is malformed",
        ),
        # 8. Revocation
        "revoked": Words("Chứng nhận đã bị thu hồi", "the certificate was revoked"),
        "revoked.possible": Words(
            "Chứng nhận có thể đã bị thu hồi; chỉ nơi cấp mới trả lời chắc chắn được",
            "the certificate may have been revoked; only its issuer can tell",
        ),
        # A dose record's own signatures
        "records.format": Words(
            "Không đọc được tệp bản ghi mũi tiêm", "the file of dose records cannot be read"
        ),
        "attestation.invalid": Words(
            "Xác nhận của cơ sở tiêm chủng đối với bản ghi không hợp lệ",
            "the facility's confirmation of the record does not hold",
        ),
        "attestation.delegation": Words(
            "Đơn vị đã ký không được giao thẩm quyền ký bản ghi này",
            "the unit that signed the record was not entitled to",
        ),
        "correction.invalid": Words(
            "Biên bản đính chính không hợp lệ", "the record of the correction does not hold"
        ),
        # The inspector's own lists
        "trustlist.format": Words(
            "Không đọc được danh sách tin cậy của máy kiểm tra",
            "this device's trust list cannot be read",
        ),
        "trustlist.signature": Words(
            "Chữ ký của danh sách tin cậy không đúng: không dùng danh sách này",
            "the trust list's signature is wrong: do not use this list",
        ),
        "trustlist.stale": Words(
            "Danh sách tin cậy đã quá hạn; hãy tải danh sách mới",
            "the trust list is out of date; fetch a new one",
        ),
        "trustlist.rollback": Words(
            "Danh sách tin cậy cũ hơn danh sách đã dùng: không dùng danh sách này",
            "the trust list is older than the last one used: do not use it",
        ),
    }
)
"""Why a certificate is not accepted, by the code of the error. One clause, without a full stop."""

WARNINGS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "cose.algorithm_unprotected": Words(
            "Thuật toán chữ ký nằm ngoài phần được ký",
            "the signature does not cover the name of its algorithm",
        ),
        "signer.no_validity": Words(
            "Danh sách tin cậy không nói khóa của người ký có giá trị đến khi nào",
            "the trust list does not say until when the signer's key is good",
        ),
        "signer.sha1": Words(
            "Chứng thư số của người ký dùng hàm băm SHA-1 đã lỗi thời",
            "the signer's certificate is signed over the outdated SHA-1",
        ),
        "cwt.outlives_signer": Words(
            "Thời hạn của chứng nhận dài hơn thời hạn chứng thư số của người ký",
            "the certificate ends later than its signer's",
        ),
        "cwt.predates_signer": Words(
            "Chứng nhận ghi ngày cấp trước khi chứng thư số của người ký có hiệu lực",
            "the certificate says it was issued before its signer's became valid",
        ),
        "cwt.tagged_time": Words(
            "Thời gian được ghi theo cách không theo chuẩn", "a time is written in another way"
        ),
        "cwt.float_time": Words(
            "Thời gian được ghi bằng số thập phân", "a time is written as a fraction"
        ),
        "cwt.unknown_claim": Words(
            "Chứng nhận có phần thông tin không được sử dụng",
            "the certificate has a part that was not used",
        ),
        "schema.deviation": Words(
            "Nội dung khác đôi chút với cấu trúc quy định nhưng vẫn đọc được",
            "the contents differ from the rules in a way that can be read",
        ),
        "schema.characters": Words(
            "Con dấu số có ký tự ngoài bộ ký tự quy định",
            "the seal has characters outside its set",
        ),
        "schema.misspelt_member": Words(
            "Một trường của con dấu số viết sai tên nhưng vẫn đọc được",
            "a field of the seal has a misspelt name and was read",
        ),
        "schema.text_integer": Words(
            "Một con số được ghi dưới dạng chữ", "a number is written as a text"
        ),
        "schema.several_entries": Words(
            "Chứng nhận có nhiều mục; hãy xem tất cả",
            "the certificate has several entries; look at all of them",
        ),
        "schema.float_integer": Words(
            "Một số nguyên được ghi dưới dạng số thập phân",
            "a whole number is written as a fraction",
        ),
        "schema.unknown_member": Words(
            "Chứng nhận có một trường lạ, đã được bỏ qua",
            "the certificate has an unknown field, which was left out",
        ),
        "schema.impossible_date": Words(
            "Ngày sinh là ngày không có trong lịch; hãy so với giấy tờ tùy thân",
            "the date of birth is no day of the calendar; compare it with the identity document",
        ),
        "schema.tagged_time": Words(
            "Ngày giờ được ghi theo cách không theo chuẩn",
            "a date or time is written in another way",
        ),
        "schema.plausibility": Words(
            "Kết quả xét nghiệm thiếu thông tin thường có",
            "the test lacks what a test of its kind has",
        ),
        "valueset.unknown": Words(
            "Có mã không nằm trong danh mục: chính mã đó được hiển thị",
            "a code is in no value set: the code itself is shown",
        ),
        "valueset.deprecated": Words(
            "Có mã không còn được dùng trong danh mục", "a code is no longer in use"
        ),
        "valueset.mismatch": Words(
            "Sản phẩm, nhà sản xuất và loại vắc xin không đi với nhau; hãy căn cứ vào sản phẩm",
            "product, manufacturer and kind of vaccine do not go together; go by the product",
        ),
    }
)
"""What a verifier should know of a certificate that it accepts, by the code of the warning."""
