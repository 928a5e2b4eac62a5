"""Pictures and documents of certificates: writing QR codes and reading them from files.

``qr`` draws a text as a QR code (ISO/IEC 18004, with the choices of HCERT §4.2.2), ``picture``
finds the codes in a PNG, a JPEG or a PDF, ``scan`` does that work within bounds. All three need
``pip install 'vnvaxcert[qr]'`` and import its packages only when they are called.
"""
