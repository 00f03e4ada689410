#include "cloud/ply_header.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>

#include "cloud/formats.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

struct TypeName {
  std::string_view classic, sized;  // Turk's word, and the one that later writers use.
  FieldType type;
};
constexpr std::array<TypeName, 8> kTypes = {{{"char", "int8", FieldType::i8},
                                             {"uchar", "uint8", FieldType::u8},
                                             {"short", "int16", FieldType::i16},
                                             {"ushort", "uint16", FieldType::u16},
                                             {"int", "int32", FieldType::i32},
                                             {"uint", "uint32", FieldType::u32},
                                             {"float", "float32", FieldType::f32},
                                             {"double", "float64", FieldType::f64}}};

class Parser {
 public:
  Parser(Lines& lines, const std::string& where) : lines_(lines), where_(where) {}

  PlyHeader parse() {
    std::string_view line;
    if (!lines_.next(line) || line != "ply") {
      throw Error(ErrorCode::format, where_,
                  "isn't a PLY file: expected 'ply' alone in its first line");
    }
    while (lines_.next(line)) {
      Tokens tokens(line);
      const std::string_view word = tokens.next();
      if (word == "end_header") {
        if (!has_format_) fail("a line 'format' before end_header", line);
        return std::move(header_);
      }
      parse_line(word, tokens, line);
    }
    throw Error(ErrorCode::format, where_, "the PLY header has no line end_header");
  }

 private:
  void parse_line(std::string_view word, Tokens tokens, std::string_view line) {
    if (word.empty() || word == "comment" || word == "obj_info") return;
    if (word == "format" && !has_format_) {
      parse_format(tokens, line);
    } else if (word == "element") {
      const std::string name(tokens.next());
      const std::optional<std::size_t> count = parse_count(tokens.next());
      if (name.empty() || !count) fail("element NAME COUNT", line);
      header_.elements.push_back({name, *count, {}});
    } else if (word == "property" && !header_.elements.empty()) {
      parse_property(tokens, line);
    } else {
      fail("format, element, property, comment or end_header", line);
    }
  }

  void parse_format(Tokens tokens, std::string_view line) {
    const std::string_view kind = tokens.next();
    if (kind == "ascii")
      header_.data = PlyData::ascii;
    else if (kind == "binary_little_endian")
      header_.data = PlyData::little_endian;
    else if (kind == "binary_big_endian")
      header_.data = PlyData::big_endian;
    else
      fail("format ascii, binary_little_endian or binary_big_endian", line);
    if (tokens.next() != "1.0") fail("version 1.0", line);
    has_format_ = true;
  }

  void parse_property(Tokens tokens, std::string_view line) {
    PlyProperty property;
    std::string_view type = tokens.next();
    if (type == "list") {
      property.list = true;
      type_of(tokens.next(), line);  // Of the list's length.
      type = tokens.next();
    }
    property.type = type_of(type, line);
    property.name = tokens.next();
    if (property.name.empty()) fail("property TYPE NAME", line);
    header_.elements.back().properties.push_back(property);
  }

  FieldType type_of(std::string_view word, std::string_view line) const {
    for (const TypeName& name : kTypes) {
      if (word == name.classic || word == name.sized) return name.type;
    }
    fail("a type (char, uchar, short, ushort, int, uint, float, double)", line);
  }

  [[noreturn]] void fail(const std::string& expected, std::string_view line) const {
    throw Error(ErrorCode::format, fmt::format("{}:{}", where_, lines_.number()),
                fmt::format("expected {}, found {}", expected, shown(line)));
  }

  Lines& lines_;
  const std::string& where_;
  PlyHeader header_;
  bool has_format_ = false;
};

}  // namespace

bool is_ply(std::string_view file) noexcept {
  std::string_view line;
  return Lines(file.substr(0, 5)).next(line) && line == "ply";
}

PlyHeader parse_ply_header(Lines& lines, const std::string& where) {
  return Parser(lines, where).parse();
}

std::string_view ply_name_of(FieldType type) noexcept {
  for (const TypeName& name : kTypes) {
    if (name.type == type) return name.classic;
  }
  return {};
}

}  // namespace colonnade
