/// \file
/// StsCache: the MTA-STS policies of earlier runs (RFC 8461 section 5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/smtp/mta_sts.h"

namespace mailtool::app {

/// A policy as it was fetched.
struct StsEntry {
  std::string id;            ///< of the TXT record it was fetched for
  std::int64_t expires = 0;  ///< seconds since 1970
  smtp::MtaStsPolicy policy;
  friend bool operator==(const StsEntry&, const StsEntry&) = default;
};

/// One file a domain. A file that is damaged, or of another domain, is as none;
/// what cannot be read or written is done without. Several runs may share it.
class StsCache {
 public:
  static constexpr std::size_t kMostFiles = 1000;

  /// `folder` is made when there is something to keep; empty: nothing is kept.
  explicit StsCache(std::string folder) : folder_(std::move(folder)) {}

  /// $XDG_CACHE_HOME/mailtool/mta-sts, else in ~/.cache; "" without a home.
  [[nodiscard]] static std::string default_folder();

  /// Also of one that has expired. `domain` is in A-labels, lower case.
  [[nodiscard]] std::optional<StsEntry> read(std::string_view domain) const;

  /// Replaces, whole or not at all. Beyond kMostFiles the oldest go.
  void write(std::string_view domain, const StsEntry& entry) const;

  [[nodiscard]] std::string path_of(std::string_view domain) const;

 private:
  void make_room() const;
  std::string folder_;
};

}  // namespace mailtool::app
