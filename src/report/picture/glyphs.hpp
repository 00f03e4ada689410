// The shapes of Colonnade's stroke font.
#pragma once

#include <array>

namespace colonnade {

/// Strokes are separated by spaces. A stroke is a row of points, each two base-36 digits x y on a
/// grid with the baseline at y = 4, small letters up to y = 13 (d), capitals to 18 (i). '~' marks a
/// control point of a quadratic curve; between two of them their middle lies on the curve, as in
/// TrueType. '@' closes a stroke.
struct Glyph {
  char32_t code;
  const char* strokes;
};

inline constexpr int kBaseline = 4, kCapitalHeight = 14, kSpaceWidth = 5, kTracking = 4;

inline constexpr std::array kGlyphs = {
    Glyph{U'!', "0i09 0404"},
    Glyph{U'"', "0i0e 3i3e"},
    Glyph{U'#', "3i14 8i64 0d9d 0898"},
    Glyph{U'$', "8f~7i4i~0i~0b4b~8b~8444~1407 4k42"},
    Glyph{U'%', "@~0c~4c~4i~0i @~64~a4~aa~6a 9i14"},
    Glyph{U'&', "942d~0i3i~7i4c~0b~0444~849a"},
    Glyph{U'\'', "0i0e"},
    Glyph{U'(', "3j~0f~0733"},
    Glyph{U')', "0j~3f~3703"},
    Glyph{U'*', "4g4a 1b7f 1f7b"},
    Glyph{U'+', "0a8a 4e46"},
    Glyph{U',', "1402"},
    Glyph{U'-', "0a5a"},
    Glyph{U'.', "0404"},
    Glyph{U'/', "036j"},
    Glyph{U'0', "@~04~84~8i~0i"},
    Glyph{U'1', "1f5i54"},
    Glyph{U'2', "0e~0i~8i8e~8b690484"},
    Glyph{U'3', "0f~1i4i~7i~7b4b~8b~8444~1407"},
    Glyph{U'4', "5i0888 6d64"},
    Glyph{U'5', "7i1i0b~2d4d~8d~8444~1407"},
    Glyph{U'6', "7g~6i4i~0i0a~0444~84~8d4d~1d09"},
    Glyph{U'7', "0i8i34"},
    Glyph{U'8', "@~1b~7b~7i~1i @~04~84~8b~0b"},
    Glyph{U'9', "16~2444~848c~8i4i~0i~0949~798d"},
    Glyph{U':', "0505 0c0c"},
    Glyph{U';', "1502 1c1c"},
    Glyph{U'<', "7e0a76"},
    Glyph{U'=', "0c8c 0888"},
    Glyph{U'>', "0e7a06"},
    Glyph{U'?', "0e~0i~8i8e~8b4b48 4444"},
    Glyph{U'@', "@~47~87~8e~4e 8e89~87~b7bb~bi6i~0i~0464~8495"},
    Glyph{U'A', "045ia4 2989"},
    Glyph{U'B', "040i4i~8i~8b4b0b 4b~9b~944404"},
    Glyph{U'C', "9e~8i5i~0i~0454~8498"},
    Glyph{U'D', "040i4i~ai~a44404"},
    Glyph{U'E', "8i0i0484 0b7b"},
    Glyph{U'F', "8i0i04 0b7b"},
    Glyph{U'G', "9e~8i5i~0i~0454~949b5b"},
    Glyph{U'H', "040i 949i 0b9b"},
    Glyph{U'I', "040i"},
    Glyph{U'J', "6i68~6434~0408"},
    Glyph{U'K', "040i 8i09 3c94"},
    Glyph{U'L', "0i0484"},
    Glyph{U'M', "040i58aia4"},
    Glyph{U'N', "040i949i"},
    Glyph{U'O', "@~04~a4~ai~0i"},
    Glyph{U'P', "040i4i~9i~9a4a0a"},
    Glyph{U'Q', "@~04~a4~ai~0i 68b3"},
    Glyph{U'R', "040i4i~9i~9a4a0a 4a94"},
    Glyph{U'S', "8f~7i4i~0i~0b4b~8b~8444~1407"},
    Glyph{U'T', "0iai 5i54"},
    Glyph{U'U', "0i08~04~94989i"},
    Glyph{U'V', "0i54ai"},
    Glyph{U'W', "0i347eb4ei"},
    Glyph{U'X', "0i94 9i04"},
    Glyph{U'Y', "0i5bai 5b54"},
    Glyph{U'Z', "0i9i0494"},
    Glyph{U'[', "3j0j0333"},
    Glyph{U'\\', "0j63"},
    Glyph{U']', "0j3j3303"},
    Glyph{U'^', "0e4i8e"},
    Glyph{U'_', "0292"},
    Glyph{U'`', "0i2f"},
    Glyph{U'a', "1b~2d4d~7d7974 7939~09~0434~6477"},
    Glyph{U'b', "0i04 @~04~84~8d~0d"},
    Glyph{U'c', "7b~6d4d~0d~0444~6476"},
    Glyph{U'd', "8i84 @~04~84~8d~0d"},
    Glyph{U'e', "0989~8d4d~0d~0444~7486"},
    Glyph{U'f', "5i~2i2e24 0d5d"},
    Glyph{U'g', "@~04~84~8d~0d 8d84~8040~1001"},
    Glyph{U'h', "0i04 09~0d4d~7d7974"},
    Glyph{U'i', "0d04 0h0h"},
    Glyph{U'j', "2d23~2000 2h2h"},
    Glyph{U'k', "0i04 7d08 3a74"},
    Glyph{U'l', "0i07~0424"},
    Glyph{U'm', "0d04 09~0d3d~6d6964 69~6d9d~cdc9c4"},
    Glyph{U'n', "0d04 09~0d4d~7d7974"},
    Glyph{U'o', "@~04~84~8d~0d"},
    Glyph{U'p', "0d00 @~04~84~8d~0d"},
    Glyph{U'q', "8d80 @~04~84~8d~0d"},
    Glyph{U'r', "0d04 09~0d5d"},
    Glyph{U's', "6c~5d3d~0d~0939~79~7434~1405"},
    Glyph{U't', "2h27~2454 0d5d"},
    Glyph{U'u', "0d08~0434~7478 7d74"},
    Glyph{U'v', "0d448d"},
    Glyph{U'w', "0d346c94cd"},
    Glyph{U'x', "0d74 7d04"},
    Glyph{U'y', "0d44 8d32~2000"},
    Glyph{U'z', "0d7d0474"},
    Glyph{U'{', "4j~2j2f~2b0b~2b27~2343"},
    Glyph{U'|', "0j03"},
    Glyph{U'}', "0j~2j2f~2b4b~2b27~2303"},
    Glyph{U'~', "09~2d~678b"},
    Glyph{U'\u00b0', "@~0e~4e~4i~0i"},
    Glyph{U'\u00b1', "0b8b 4f47 0484"},
    Glyph{U'\u00b7', "1a1a"},
    Glyph{U'\u00d7', "0d66 6d06"},
    Glyph{U'\u2013', "0a9a"},
    Glyph{U'\u2026', "0404 4444 8484"},
};

/// Drawn for what the font lacks.
inline constexpr Glyph kMissingGlyph{0, "@04747i0i"};

}  // namespace colonnade
