// The system's converter, for the charsets of East Asia.
#pragma once

#include <iconv.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace mailtool::mime {

// Open converters, kept for the next text. They are asked for by the names in
// charset_names.cc and the ISO 2022 sets alone.
class SystemConverters {
 public:
  SystemConverters() = default;
  SystemConverters(const SystemConverters&) = delete;
  SystemConverters& operator=(const SystemConverters&) = delete;
  ~SystemConverters();

  // The converter of the first of `names` that the system has, reset; null when
  // it has none. Valid until kMost others have been asked for.
  [[nodiscard]] iconv_t* find(const std::array<const char*, 2>& names) noexcept;

 private:
  static constexpr std::size_t kMost = 8;
  struct Open {
    const char* name = nullptr;
    iconv_t handle{};
  };
  std::array<Open, kMost> open_;
  std::size_t oldest_ = 0;
};

// What became of a call.
struct SystemStep {
  enum class End { all, incomplete, invalid, no_room };
  std::size_t taken = 0;
  std::size_t made = 0;
  End end = End::all;
};

// Converts `octets` to UTF-8 in `to`, which has room for `room` octets.
[[nodiscard]] SystemStep system_convert(iconv_t handle, std::string_view octets,
                                        char* to, std::size_t room) noexcept;

// Writes what the converter holds back, at most 16 octets, to `to` and resets
// it. Returns how many.
std::size_t system_reset(iconv_t handle, char* to) noexcept;

}  // namespace mailtool::mime
