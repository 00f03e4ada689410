#include "base/npy_header.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace colonnade {
namespace {

struct NpyName {
  std::string_view code;
  DType dtype;
};
// bfloat16 has no NumPy name and so no row: npy.cpp widens it.
constexpr std::array<NpyName, 12> kNames = {{{"f4", DType::f32},
                                             {"f8", DType::f64},
                                             {"f2", DType::f16},
                                             {"i1", DType::i8},
                                             {"u1", DType::u8},
                                             {"i2", DType::i16},
                                             {"u2", DType::u16},
                                             {"i4", DType::i32},
                                             {"u4", DType::u32},
                                             {"i8", DType::i64},
                                             {"u8", DType::u64},
                                             {"b1", DType::boolean}}};

// The little of Python's literals that NumPy writes: strings, True and False, tuples of integers.
class Literal {
 public:
  Literal(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  bool accept(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}'", c));
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }

  std::string_view string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail("a quoted string");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a closing quote");
    const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    }
    fail("True or False");
  }

  std::int64_t dimension() {
    skip_space();
    std::int64_t value = 0;
    const char* const first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) fail("a dimension in [0, 2^63)");
    at_ += static_cast<std::size_t>(end - first);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2's long, which NumPy reads too.
    return value;
  }

  [[noreturn]] void fail(const std::string& expected) const {
    constexpr std::size_t kShown = 20;
    const std::string_view rest = text_.substr(at_, kShown);
    throw Error(ErrorCode::format, where_,
                fmt::format("expected {} at character {} of the .npy header, found {}", expected,
                            at_, rest.empty() ? "its end" : fmt::format("\"{}\"", rest)));
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
};

Shape parse_shape(Literal& literal, const std::string& where) {
  Shape shape;
  literal.expect('(');
  while (!literal.accept(')')) {
    if (shape.rank() == kMaxRank) {
      throw Error(
          ErrorCode::limit, where,
          fmt::format("the array has more than the {} dimensions that are supported", kMaxRank));
    }
    shape.push_back(literal.dimension());
    if (!literal.accept(',')) {
      literal.expect(')');
      break;
    }
  }
  return shape;
}

void parse_descr(std::string_view descr, const std::string& where, NpyHeader& header) {
  const bool has_order =
      !descr.empty() && std::string_view("<>|=").find(descr.front()) != std::string_view::npos;
  const std::string_view code = has_order ? descr.substr(1) : descr;
  for (const NpyName& name : kNames) {
    if (name.code == code) {
      header.dtype = name.dtype;
      header.big_endian = has_order && descr.front() == '>';
      return;
    }
  }
  throw Error(ErrorCode::unsupported, where,
              fmt::format("holds elements of type '{}'; expected bool, an integer of 8 to 64 bits "
                          "or a float of 16 to 64 (save bfloat16 as float32)",
                          descr));
}

NpyHeader parse_dict(Literal& literal, const std::string& where) {
  NpyHeader header;
  bool descr = false, order = false, shape = false;
  literal.expect('{');
  while (!literal.accept('}')) {
    const std::string_view key = literal.string();
    literal.expect(':');
    if (key == "descr" && !descr) {
      descr = true;
      if (literal.accept('[')) {
        throw Error(ErrorCode::unsupported, where,
                    "holds a structured array; expected one plain element type");
      }
      parse_descr(literal.string(), where, header);
    } else if (key == "fortran_order" && !order) {
      order = true;
      header.fortran_order = literal.boolean();
    } else if (key == "shape" && !shape) {
      shape = true;
      header.shape = parse_shape(literal, where);
    } else {
      throw Error(ErrorCode::format, where,
                  fmt::format("the .npy header has the key '{}' where descr, fortran_order and "
                              "shape are expected, once each",
                              key));
    }
    if (!literal.accept(',')) {
      literal.expect('}');
      break;
    }
  }
  if (!literal.at_end()) literal.fail("nothing more");
  if (!descr || !order || !shape) {
    throw Error(ErrorCode::format, where,
                fmt::format("the .npy header lacks the key '{}'", !descr   ? "descr"
                                                                  : !order ? "fortran_order"
                                                                           : "shape"));
  }
  return header;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view file, const std::string& where) {
  if (file.substr(0, kNpyMagic.size()) != kNpyMagic) {
    throw Error(ErrorCode::format, where,
                "isn't a .npy file: expected it to start with \"\\x93NUMPY\"");
  }
  const auto byte = [&](std::size_t i) {
    return i < file.size() ? static_cast<std::size_t>(static_cast<unsigned char>(file[i])) : 0;
  };
  const std::size_t version = byte(6);
  if (file.size() > 6 && (version < 1 || version > 3)) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("is .npy version {}; versions 1 to 3 are supported", version));
  }
  const std::size_t start = version == 1 ? 10 : 12;
  const std::size_t length = version == 1
                                 ? byte(8) | byte(9) << 8
                                 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  if (file.size() < start || file.size() - start < length) {
    throw Error(ErrorCode::format, where,
                fmt::format("is truncated: expected {} bytes of .npy header, found {}",
                            start + length, file.size()));
  }
  Literal literal(file.substr(start, length), where);
  NpyHeader header = parse_dict(literal, where);
  header.data_offset = start + length;
  return header;
}

std::string npy_header(DType dtype, const Shape& shape) {
  std::string_view code;
  for (const NpyName& name : kNames) {
    if (name.dtype == dtype) code = name.code;
  }
  if (code.empty()) {
    throw Error(ErrorCode::internal, fmt::format("{} has no NumPy name", name_of(dtype)));
  }
  std::string dims;
  for (const std::int64_t dim : shape) dims += fmt::format("{}, ", dim);
  if (shape.rank() > 1) dims.resize(dims.size() - 2);
  if (shape.rank() == 1) dims.pop_back();  // NumPy's own spelling: (3,)
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                 size_of(dtype) == 1 ? '|' : '<', code, dims);
  constexpr std::size_t kPrefix = 10, kAlignment = 64;
  const std::size_t total = (kPrefix + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t length = total - kPrefix;  // Rank 8 keeps it far below version 1's 65,535.
  text.resize(length - 1, ' ');
  text += '\n';
  std::string header(kNpyMagic);
  for (const std::size_t value : {std::size_t{1}, std::size_t{0}, length & 0xff, length >> 8}) {
    header += static_cast<char>(value);
  }
  return header + text;
}

}  // namespace colonnade
