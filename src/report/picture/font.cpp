#include "report/picture/font.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/picture/glyphs.hpp"

namespace colonnade {
namespace {

struct Outline {
  std::vector<Segment> segments;  ///< Grid units, y up from the baseline.
  double width = 0;
};

struct Vertex {
  Pixel at;
  bool control = false;
};

Pixel middle(Pixel a, Pixel b) noexcept {
  return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

void add_curve(Pixel a, Pixel control, Pixel b, std::vector<Segment>& out) {
  constexpr int steps = 8;  // Within a tenth of a pixel of the curve at 90-pixel capitals.
  Pixel from = a;
  for (int i = 1; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps, u = 1 - t;
    const Pixel to{u * u * a.x + 2 * u * t * control.x + t * t * b.x,
                   u * u * a.y + 2 * u * t * control.y + t * t * b.y};
    out.push_back({from, to});
    from = to;
  }
}

void add_stroke(const std::vector<Vertex>& stroke, bool closed, std::vector<Segment>& out) {
  const std::size_t n = stroke.size();
  Pixel from = stroke[0].control ? middle(stroke[n - 1].at, stroke[0].at) : stroke[0].at;
  const std::size_t last = closed ? n : n - 1;
  for (std::size_t i = stroke[0].control ? 0 : 1; i <= last; ++i) {
    const Vertex& v = stroke[i % n];
    if (!v.control) {
      out.push_back({from, v.at});
      from = v.at;
      continue;
    }
    if (i == n) break;  // A closed stroke of controls has come back to where it began.
    const Vertex& next = stroke[(i + 1) % n];
    const Pixel to = next.control ? middle(v.at, next.at) : next.at;
    add_curve(from, v.at, to, out);
    from = to;
    if (!next.control) ++i;
  }
}

double base36(char c) noexcept {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

Outline outline_of(const char* strokes) {
  Outline outline;
  for (const char* c = strokes; *c != 0;) {
    const bool closed = *c == '@';
    if (closed) ++c;
    std::vector<Vertex> stroke;
    while (*c != 0 && *c != ' ') {
      Vertex v;
      v.control = *c == '~';
      if (v.control) ++c;
      v.at = {base36(c[0]), base36(c[1]) - kBaseline};
      outline.width = std::max(outline.width, v.at.x);
      stroke.push_back(v);
      c += 2;
    }
    add_stroke(stroke, closed, outline.segments);
    if (*c == ' ') ++c;
  }
  return outline;
}

const Outline& outline_of(char32_t code) {
  static const std::vector<Outline> outlines = [] {
    std::vector<Outline> all;
    for (const Glyph& glyph : kGlyphs) all.push_back(outline_of(glyph.strokes));
    for (Outline& o : all) o.width = std::max(o.width, 1.0);
    // Digits share one width so that columns and counts align.
    for (std::size_t i = 0; i < kGlyphs.size(); ++i)
      if (kGlyphs[i].code >= U'0' && kGlyphs[i].code <= U'9') all[i].width = 8;
    return all;
  }();
  static const Outline missing = outline_of(kMissingGlyph.strokes);
  static const Outline space{{}, kSpaceWidth};
  if (code == U' ') return space;
  const auto found = std::lower_bound(kGlyphs.begin(), kGlyphs.end(), code,
                                      [](const Glyph& g, char32_t c) { return g.code < c; });
  if (found == kGlyphs.end() || found->code != code) return missing;
  return outlines[static_cast<std::size_t>(found - kGlyphs.begin())];
}

/// Code points; a byte that isn't UTF-8 counts as one unknown sign.
std::u32string decoded(std::string_view text) {
  std::u32string codes;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0x80 || lead < 0xc0 || i + length > text.size()) {
      codes.push_back(lead < 0x80 ? lead : 0xfffd);
      ++i;
      continue;
    }
    char32_t code = lead & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    codes.push_back(code);
    i += length;
  }
  return codes;
}

double width_of(const std::u32string& codes, double size) {
  double units = codes.empty() ? 0 : -kTracking;
  for (const char32_t code : codes) units += outline_of(code).width + kTracking;
  return units * size / kCapitalHeight;
}

}  // namespace

double text_width(std::string_view text, double size) {
  return width_of(decoded(text), size);
}

void draw_text(Canvas& canvas, Pixel anchor, std::string_view text, const TextStyle& style) {
  const std::u32string codes = decoded(text);
  const double scale = style.size / kCapitalHeight;
  const double radians = style.degrees * 3.14159265358979323846 / 180;
  const double cosine = std::cos(radians), sine = std::sin(radians);
  const double share = style.align == TextAlign::left     ? 0
                       : style.align == TextAlign::centre ? 0.5
                                                          : 1;
  const double start = -share * width_of(codes, style.size);
  const auto place = [&](Pixel p, double pen) {
    const double x = pen + p.x * scale, y = p.y * scale;
    return Pixel{anchor.x + x * cosine - y * sine, anchor.y - x * sine - y * cosine};
  };
  // Small text needs relatively heavier strokes to stay legible.
  const double stroke = style.weight * (0.55 + 0.075 * style.size);
  const auto draw = [&](double width, Colour colour) {
    double pen = start;
    std::vector<Segment> placed;
    for (const char32_t code : codes) {
      const Outline& outline = outline_of(code);
      placed.clear();
      for (const Segment& s : outline.segments)
        placed.push_back({place(s.from, pen), place(s.to, pen)});
      canvas.stroke(placed, width, colour);
      pen += (outline.width + kTracking) * scale;
    }
  };
  if (style.halo > 0) draw(stroke + 2 * style.halo, style.halo_colour);
  draw(stroke, style.colour);
}

std::string fitted(std::string_view text, double size, double width) {
  if (text_width(text, size) <= width) return std::string(text);
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80;
  };
  for (std::size_t keep = text.size(); keep > 0; --keep) {
    std::size_t head = keep / 2, tail = text.size() - (keep - head);
    while (continues(head)) --head;
    while (continues(tail)) ++tail;
    const std::string cut =
        std::string(text.substr(0, head)) + "\u2026" + std::string(text.substr(tail));
    if (text_width(cut, size) <= width) return cut;
  }
  return "\u2026";
}

}  // namespace colonnade
