// gmime_bench headers|walk FILE...   messages and mboxes read by GMime.
//
// headers: From, To and Subject, decoded. walk: besides these every leaf is
// decoded to nowhere, and text is converted to UTF-8.

#include <gmime/gmime.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace {

struct Totals {
  long messages = 0;
  std::size_t octets = 0;
};

void read_headers(GMimeMessage* message, Totals& totals) {
  for (auto* list : {g_mime_message_get_from(message),
                     g_mime_message_get_to(message)}) {
    char* text = internet_address_list_to_string(list, nullptr, FALSE);
    if (text != nullptr) totals.octets += std::strlen(text);
    g_free(text);
  }
  const char* subject = g_mime_message_get_subject(message);
  if (subject != nullptr) totals.octets += std::strlen(subject);
}

void decode_leaf(GMimeObject*, GMimeObject* part, gpointer data) {
  if (!GMIME_IS_PART(part)) return;
  auto* content = g_mime_part_get_content(GMIME_PART(part));
  if (content == nullptr) return;
  GMimeStream* null = g_mime_stream_null_new();
  GMimeStream* out = null;
  if (GMIME_IS_TEXT_PART(part)) {
    const char* charset = g_mime_text_part_get_charset(GMIME_TEXT_PART(part));
    out = g_mime_stream_filter_new(null);
    GMimeFilter* to_utf8 = charset == nullptr
                               ? nullptr
                               : g_mime_filter_charset_new(charset, "utf-8");
    if (to_utf8 != nullptr) {
      g_mime_stream_filter_add(GMIME_STREAM_FILTER(out), to_utf8);
      g_object_unref(to_utf8);
    }
    g_object_unref(null);
  }
  const auto written = g_mime_data_wrapper_write_to_stream(content, out);
  if (written > 0) {
    static_cast<Totals*>(data)->octets += static_cast<std::size_t>(written);
  }
  g_mime_stream_flush(out);
  g_object_unref(out);
}

bool read_file(const char* path, bool walk, Totals& totals) {
  GMimeStream* stream = g_mime_stream_file_open(path, "r", nullptr);
  if (stream == nullptr) return false;
  char start[5] = {};
  g_mime_stream_read(stream, start, sizeof start);
  g_mime_stream_reset(stream);
  const bool mbox = std::memcmp(start, "From ", sizeof start) == 0;
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  g_object_unref(stream);
  g_mime_parser_set_persist_stream(parser, TRUE);
  g_mime_parser_set_format(
      parser, mbox ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  do {
    GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
    if (message == nullptr) break;
    ++totals.messages;
    read_headers(message, totals);
    if (walk) g_mime_message_foreach(message, decode_leaf, &totals);
    g_object_unref(message);
  } while (mbox && g_mime_parser_eos(parser) == FALSE);
  g_object_unref(parser);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  g_mime_init();
  Totals totals;
  for (int i = 2; i < argc; ++i) {
    if (!read_file(argv[i], std::strcmp(argv[1], "walk") == 0, totals)) {
      return 66;
    }
  }
  std::printf("%ld messages, %zu octets\n", totals.messages, totals.octets);
  return 0;
}
