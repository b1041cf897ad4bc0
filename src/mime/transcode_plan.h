// Planner: from what a message holds to what must change in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/transcode.h"
#include "transcode_facts.h"

namespace mailtool::mime {

class TranscodePlanner {
 public:
  TranscodePlanner(const Structure& structure,
                   const std::vector<PartFacts>& facts,
                   const TranscodeOptions& options);

  // Fails as Transcoder::plan does, the Source aside.
  Result<void> plan();

  [[nodiscard]] std::vector<Transcoder::Edit> take_edits();
  [[nodiscard]] TranscodeReport take_report() { return std::move(report_); }

 private:
  using Edit = Transcoder::Edit;

  // What becomes of the header of one part.
  struct HeaderPlan {
    std::string encoding;      // the new label; empty: stays
    std::string content_type;  // the new type; empty: stays
    bool mime_version = false;
  };

  Result<void> plan_leaf(std::uint32_t index);
  Result<void> plan_encoded(std::uint32_t index);
  Result<void> plan_outside(std::uint32_t index);
  void plan_labels();
  Result<void> plan_fields(std::uint32_t index);
  Result<void> replace_fields(std::uint32_t index);
  Result<void> mend_field(std::uint32_t index, const Field& field);
  void add_fields(std::uint32_t index);
  std::string_view empty_line(std::uint32_t index);
  void plan_gaps();

  void encode_body(std::uint32_t index, TransferEncoding to);
  void label(std::uint32_t index, std::string_view to, PartChange::What what);
  // Nullopt: the field stays.
  Result<std::optional<std::string>> changed_field(std::uint32_t index,
                                                   const Field& field);
  void note_field(std::uint32_t index, const Field& field,
                  std::string_view what);
  void note_raw_field(std::uint32_t index, const Field& field);
  void replace(Span span, std::string text);

  [[nodiscard]] bool is_leaf(std::uint32_t index) const;
  [[nodiscard]] bool forbidden(std::uint32_t index) const;
  [[nodiscard]] std::string_view what_it_holds(std::uint32_t index) const;
  [[nodiscard]] std::string named(std::uint32_t index) const;
  // The part is signed, or the limits hide what it is.
  Result<void> may_change(std::uint32_t index, std::string_view holds) const;
  Result<void> check_boundary(std::uint32_t index) const;

  const Structure& s_;
  const std::vector<PartFacts>& facts_;
  const TranscodeOptions& options_;
  std::vector<std::string_view> covered_;
  std::vector<HeaderPlan> headers_;
  std::vector<std::uint32_t> roots_;  // the message that a part belongs to
  std::vector<bool> childless_;       // a multipart without any part
  std::vector<bool> trimmed_;
  std::vector<bool> ended_;  // the header by an empty line that it lacked
  std::vector<bool> raw_below_;  // a raw field in a part within this one
  std::vector<Edit> edits_;
  TranscodeReport report_;
};

}  // namespace mailtool::mime
