// What an error says, for tests that read its text.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "colonnade/error.hpp"

namespace colonnade::testing {

/// Whether `f` throws an Error whose message holds `text`.
template <typename F>
::testing::AssertionResult fails_with(F&& f, const std::string& text) {
  try {
    f();
  } catch (const Error& error) {
    if (std::string(error.what()).find(text) != std::string::npos) {
      return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "expected '" << text << "' in: " << error.what();
  }
  return ::testing::AssertionFailure() << "nothing was thrown";
}

}  // namespace colonnade::testing
