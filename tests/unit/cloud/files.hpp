// What the cloud tests share: a folder of their own, the message of an error, a point's values.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/file.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/error.hpp"
#include "temporary_folder.hpp"

namespace colonnade::test {

/// A folder that goes with the test.
class Folder {
 public:
  std::string path(const std::string& name) const { return folder_.file(name); }
  std::string write(const std::string& name, const std::string& content) const {
    write_file(path(name), content);
    return path(name);
  }

 private:
  testing::TemporaryFolder folder_;
};

/// What the Error that `f` throws says after its place, or "no error".
template <typename F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    const std::string what = error.what();
    return error.where().empty() ? what : what.substr(error.where().size() + 2);
  }
  return "no error";
}

template <typename F>
std::string place_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.where();
  }
  return "no error";
}

/// The bytes of values, as they lie in memory.
template <typename... T>
std::string bytes_of(T... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

/// The value of a field, read as type T at the field's place.
template <typename T>
T value(const Cloud& cloud, std::size_t point, const char* name) {
  const CloudView view = cloud.view();
  const PointField* const field = view.find(name);
  if (field == nullptr) throw Error(ErrorCode::internal, std::string("no field ") + name);
  T result{};
  std::memcpy(&result, view.data + point * view.stride + field->offset, sizeof result);
  return result;
}

}  // namespace colonnade::test
