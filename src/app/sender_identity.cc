#include "app/sender_identity.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <sys/random.h>

namespace mailtool::app {

mime::DateTime local_now() {
  const auto now = std::chrono::system_clock::to_time_t(
      std::chrono::system_clock::now());
  std::tm local{};
  localtime_r(&now, &local);
  mime::DateTime when;
  when.seconds = now;
  when.zone_minutes = static_cast<int>(local.tm_gmtoff / 60);
  return when;
}

std::string unique_token() {
  std::array<unsigned char, 26> random{};
  // Blocks only before the machine has ever gathered entropy; asked for less
  // than 256 octets it is never cut short.
  while (::getrandom(random.data(), random.size(), 0) < 0) {
  }
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string token;
  for (const auto octet : random) token += kAlphabet[octet & 31];
  return token;
}

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

}  // namespace mailtool::app
