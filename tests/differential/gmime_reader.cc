// gmime_reader FILE...   what GMime makes of each message, in lines of words.
//
//   M                     a message begins
//   S HEX                 its subject
//   A FIELD HEX HEX       a mailbox: name and address; groups are flattened
//   D DATE                RFC 3339
//   P DEPTH TYPE HEX SUM  a part, in pre-order: name, SHA-256 of a decoded leaf
//
// HEX is UTF-8, "-" where there is none.

#include <gmime/gmime.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

std::string hex(const char* text) {
  if (text == nullptr || *text == '\0') return "-";
  std::string out;
  for (; *text != '\0'; ++text) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(*text)));
    out += pair;
  }
  return out;
}

void print_addresses(const char* field, InternetAddressList* list) {
  for (int i = 0; list != nullptr && i < internet_address_list_length(list);
       ++i) {
    auto* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      print_addresses(field, internet_address_group_get_members(
                                 INTERNET_ADDRESS_GROUP(address)));
      continue;
    }
    std::printf("A %s %s %s\n", field,
                hex(internet_address_get_name(address)).c_str(),
                hex(internet_address_mailbox_get_addr(
                        INTERNET_ADDRESS_MAILBOX(address)))
                    .c_str());
  }
}

std::string digest(GMimePart* part) {
  GChecksum* sum = g_checksum_new(G_CHECKSUM_SHA256);
  if (auto* content = g_mime_part_get_content(part)) {
    GMimeStream* memory = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray* octets =
        g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    g_checksum_update(sum, octets->data, static_cast<gssize>(octets->len));
    g_object_unref(memory);
  }
  std::string text = g_checksum_get_string(sum);
  g_checksum_free(sum);
  return text;
}

void print_part(GMimeObject* part, int depth) {
  char* type = g_mime_content_type_get_mime_type(
      g_mime_object_get_content_type(part));
  const char* name =
      g_mime_object_get_content_disposition_parameter(part, "filename");
  if (name == nullptr) {
    name = g_mime_object_get_content_type_parameter(part, "name");
  }
  std::printf("P %d %s %s %s\n", depth, type, hex(name).c_str(),
              GMIME_IS_PART(part) ? digest(GMIME_PART(part)).c_str() : "-");
  g_free(type);
  if (GMIME_IS_MULTIPART(part)) {
    auto* multipart = GMIME_MULTIPART(part);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
      print_part(g_mime_multipart_get_part(multipart, i), depth + 1);
    }
  } else if (GMIME_IS_MESSAGE_PART(part)) {
    auto* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
    if (message != nullptr && g_mime_message_get_mime_part(message) != nullptr) {
      print_part(g_mime_message_get_mime_part(message), depth + 1);
    }
  }
}

void print_message(GMimeMessage* message) {
  std::printf("M\nS %s\n", hex(g_mime_message_get_subject(message)).c_str());
  print_addresses("from", g_mime_message_get_from(message));
  print_addresses("to", g_mime_message_get_to(message));
  print_addresses("cc", g_mime_message_get_cc(message));
  if (GDateTime* date = g_mime_message_get_date(message)) {
    char* text = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z");
    std::printf("D %s\n", text);
    g_free(text);
  }
  if (auto* part = g_mime_message_get_mime_part(message)) print_part(part, 0);
}

}  // namespace

int main(int argc, char** argv) {
  g_mime_init();
  for (int i = 1; i < argc; ++i) {
    GMimeStream* stream = g_mime_stream_file_open(argv[i], "r", nullptr);
    if (stream == nullptr) return 66;
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
    g_object_unref(parser);
    if (message == nullptr) {
      std::printf("M\n");
      continue;
    }
    print_message(message);
    g_object_unref(message);
  }
  return 0;
}
