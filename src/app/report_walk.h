/// \file
/// ReportWalk: the reports in a message (DSN, MDN, ARF), read as it goes by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/report.h"

namespace mailtool::app {

/// Stands between the parser and another listener, to which all is passed on.
/// So a report needs no second look at the body, and a pipe no spool.
class ReportWalk : public mime::ParserEvents {
 public:
  /// Octets that are held of all reports of a message together, before
  /// decoding is undone; the rest is left out.
  static constexpr std::size_t kMaxOctets = mime::kMaxReportOctets;

  /// `next` outlives the walk.
  explicit ReportWalk(mime::ParserEvents& next) : next_(next), body_(text_) {}

  void begin_message();
  void begin_part(const mime::Structure& so_far, std::uint32_t part) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void end_part(const mime::Structure& so_far, std::uint32_t part) override;

  /// By part, in order; valid until begin_message().
  [[nodiscard]] const std::vector<std::pair<std::uint32_t, mime::Report>>&
  reports() const {
    return reports_;
  }
  /// The report that is this part; null when it is none.
  [[nodiscard]] const mime::Report* find(std::uint32_t part) const;

 private:
  // Takes what there is room for.
  class Bounded : public Sink {
   public:
    explicit Bounded(std::string& text) : text_(text) {}
    Result<void> write(std::string_view octets) override;
    std::size_t room = 0;

   private:
    std::string& text_;
  };

  mime::ParserEvents& next_;
  std::string text_;
  Bounded body_;
  mime::BodyDecoder decoder_;
  std::uint32_t part_ = mime::kNoPart;  // the report that is being read
  mime::ReportKind kind_ = mime::ReportKind::delivery_status;
  std::vector<std::pair<std::uint32_t, mime::Report>> reports_;
};

}  // namespace mailtool::app
