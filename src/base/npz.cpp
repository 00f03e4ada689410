#include "base/npz.hpp"

#include <fmt/core.h>

#include <string_view>

#include "base/file.hpp"
#include "base/npy.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

/// Reads the archive's own list at its end; local headers may lack sizes.
class Archive {
 public:
  Archive(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  std::map<std::string, Tensor> read() const {
    const std::size_t end = bytes_.rfind("PK\x05\x06");
    if (end == std::string_view::npos) refuse("isn't a .npz: it has no list of a ZIP archive");
    const std::uint64_t members = number(end + 10, 2);
    std::size_t at = number(end + 16, 4);
    std::map<std::string, Tensor> result;
    for (std::uint64_t m = 0; m < members; ++m) {
      if (number(at, 4) != 0x02014b50) refuse("its list of members is damaged");
      const std::uint64_t name_length = number(at + 28, 2);
      std::string name(part(at + 46, name_length));
      const std::uint64_t method = number(at + 10, 2), size = number(at + 20, 4);
      const std::size_t local = number(at + 42, 4);
      at += 46 + name_length + number(at + 30, 2) + number(at + 32, 2);
      if (method != 0) {
        throw Error(ErrorCode::unsupported, path_,
                    fmt::format("'{}' is compressed; write it by np.savez, not by "
                                "np.savez_compressed",
                                name));
      }
      if (number(local, 4) != 0x04034b50) refuse("the header of '" + name + "' is damaged");
      const std::size_t data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
      const std::string where = path_ + ": " + name;
      if (name.size() > 4 && name.compare(name.size() - 4, 4, ".npy") == 0) {
        name.resize(name.size() - 4);
      }
      result[name] = parse_npy(part(data, size), where);
    }
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Error(ErrorCode::format, path_, message);
  }
  std::string_view part(std::size_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) refuse("ends before what it lists");
    return bytes_.substr(at, size);
  }
  std::uint64_t number(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    const std::string_view digits = part(at, size);
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[i]);
    return value;
  }

  std::string_view bytes_;
  const std::string& path_;
};

}  // namespace

std::map<std::string, Tensor> read_npz(const std::string& path) {
  const auto file = WholeFile::read(path);
  return Archive(file->text(), path).read();
}

}  // namespace colonnade
