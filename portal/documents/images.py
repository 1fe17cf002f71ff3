"""Opening a picture (PNG or JPEG): its size, and a clean copy without metadata. Runs inside the box only."""

import io
from typing import Any

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from portal.documents.problems import Refused

FORMATS = ("PNG", "JPEG")
MEGAPIXEL = 1_000_000
MAX_MEGAPIXELS = 50


def inspect(data: bytes, max_megapixels: int = MAX_MEGAPIXELS) -> dict[str, Any]:
    """Return {format, width, height} of a picture that decodes to its last row.

    Raises Refused: file.unreadable, image.too_large.
    """
    picture = _opened(data, max_megapixels)
    return {"format": str(picture.format).lower(), "width": picture.width, "height": picture.height}


def render(data: bytes, width: int = 1200, max_megapixels: int = MAX_MEGAPIXELS) -> list[bytes]:
    """Return the picture as one PNG, upright, at most `width` wide and 4 × `width` high, without metadata."""
    picture = ImageOps.exif_transpose(_opened(data, max_megapixels))
    picture.thumbnail((width, 4 * width))
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture.convert("RGB"), mask=picture.convert("RGBA").getchannel("A"))
    target = io.BytesIO()
    flat.save(target, "PNG", compress_level=6)
    return [target.getvalue()]


def _opened(data: bytes, max_megapixels: int) -> ImageFile.ImageFile:
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _require_size(picture, max_megapixels)
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Refused("file.unreadable") from None
    return picture


def _require_size(picture: Image.Image, max_megapixels: int) -> None:
    """Judged on the header, before a single pixel is decoded."""
    pixels = picture.width * picture.height
    if pixels > max_megapixels * MEGAPIXEL:
        raise Refused("image.too_large", found=str(-(-pixels // MEGAPIXEL)), limit=str(max_megapixels))
