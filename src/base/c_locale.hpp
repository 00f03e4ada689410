// The C locale, on this thread only.
#pragma once

#include <locale.h>
#include <clocale>

namespace colonnade {

/// For as long as it lives, this thread's C functions read and write numbers with a point. For
/// libraries that ask the locale: nlohmann-json 3.11 reads 1.5 as 1 where the decimal separator
/// takes more than one byte (Pashto).
class CLocale {
 public:
  CLocale() noexcept
      : locale_(::newlocale(LC_ALL_MASK, "C", locale_t{})), before_(::uselocale(locale_)) {}
  ~CLocale() {
    ::uselocale(before_);
    if (locale_ != locale_t{}) ::freelocale(locale_);
  }
  CLocale(const CLocale&) = delete;
  CLocale& operator=(const CLocale&) = delete;

 private:
  locale_t locale_;
  locale_t before_;
};

}  // namespace colonnade
