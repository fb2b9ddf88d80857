// The files stay where people look for them, at the top of the source tree; the compiler reads them from there.
// (SwiftPM's embedInCode needs a minute for what #embed does in a moment.)
#include "EmbeddedFiles.h"

static const struct watchword_embedded_file files[] = {
    {"rlm.ini", (const unsigned char[]){
#embed "../../rlm.ini.sample" suffix(, 0)
    }},
    {"dictionary", (const unsigned char[]){
#embed "../../dictionary" suffix(, 0)
    }},
    {"dictionary.d/airespace", (const unsigned char[]){
#embed "../../dictionary.d/airespace" suffix(, 0)
    }},
    {"dictionary.d/apc", (const unsigned char[]){
#embed "../../dictionary.d/apc" suffix(, 0)
    }},
    {"dictionary.d/arista", (const unsigned char[]){
#embed "../../dictionary.d/arista" suffix(, 0)
    }},
    {"dictionary.d/aruba", (const unsigned char[]){
#embed "../../dictionary.d/aruba" suffix(, 0)
    }},
    {"dictionary.d/bluecoat", (const unsigned char[]){
#embed "../../dictionary.d/bluecoat" suffix(, 0)
    }},
    {"dictionary.d/brocade", (const unsigned char[]){
#embed "../../dictionary.d/brocade" suffix(, 0)
    }},
    {"dictionary.d/checkpoint", (const unsigned char[]){
#embed "../../dictionary.d/checkpoint" suffix(, 0)
    }},
    {"dictionary.d/cisco", (const unsigned char[]){
#embed "../../dictionary.d/cisco" suffix(, 0)
    }},
    {"dictionary.d/cisco-asa", (const unsigned char[]){
#embed "../../dictionary.d/cisco-asa" suffix(, 0)
    }},
    {"dictionary.d/citrix", (const unsigned char[]){
#embed "../../dictionary.d/citrix" suffix(, 0)
    }},
    {"dictionary.d/clavister", (const unsigned char[]){
#embed "../../dictionary.d/clavister" suffix(, 0)
    }},
    {"dictionary.d/extreme", (const unsigned char[]){
#embed "../../dictionary.d/extreme" suffix(, 0)
    }},
    {"dictionary.d/f5", (const unsigned char[]){
#embed "../../dictionary.d/f5" suffix(, 0)
    }},
    {"dictionary.d/force10", (const unsigned char[]){
#embed "../../dictionary.d/force10" suffix(, 0)
    }},
    {"dictionary.d/fortinet", (const unsigned char[]){
#embed "../../dictionary.d/fortinet" suffix(, 0)
    }},
    {"dictionary.d/foundry", (const unsigned char[]){
#embed "../../dictionary.d/foundry" suffix(, 0)
    }},
    {"dictionary.d/h3c", (const unsigned char[]){
#embed "../../dictionary.d/h3c" suffix(, 0)
    }},
    {"dictionary.d/hp", (const unsigned char[]){
#embed "../../dictionary.d/hp" suffix(, 0)
    }},
    {"dictionary.d/huawei", (const unsigned char[]){
#embed "../../dictionary.d/huawei" suffix(, 0)
    }},
    {"dictionary.d/infoblox", (const unsigned char[]){
#embed "../../dictionary.d/infoblox" suffix(, 0)
    }},
    {"dictionary.d/ivanti", (const unsigned char[]){
#embed "../../dictionary.d/ivanti" suffix(, 0)
    }},
    {"dictionary.d/juniper", (const unsigned char[]){
#embed "../../dictionary.d/juniper" suffix(, 0)
    }},
    {"dictionary.d/meraki", (const unsigned char[]){
#embed "../../dictionary.d/meraki" suffix(, 0)
    }},
    {"dictionary.d/microsoft", (const unsigned char[]){
#embed "../../dictionary.d/microsoft" suffix(, 0)
    }},
    {"dictionary.d/mikrotik", (const unsigned char[]){
#embed "../../dictionary.d/mikrotik" suffix(, 0)
    }},
    {"dictionary.d/netknights", (const unsigned char[]){
#embed "../../dictionary.d/netknights" suffix(, 0)
    }},
    {"dictionary.d/netscreen", (const unsigned char[]){
#embed "../../dictionary.d/netscreen" suffix(, 0)
    }},
    {"dictionary.d/nokia", (const unsigned char[]){
#embed "../../dictionary.d/nokia" suffix(, 0)
    }},
    {"dictionary.d/nokia-sr", (const unsigned char[]){
#embed "../../dictionary.d/nokia-sr" suffix(, 0)
    }},
    {"dictionary.d/paloalto", (const unsigned char[]){
#embed "../../dictionary.d/paloalto" suffix(, 0)
    }},
    {"dictionary.d/pfsense", (const unsigned char[]){
#embed "../../dictionary.d/pfsense" suffix(, 0)
    }},
    {"dictionary.d/riverbed", (const unsigned char[]){
#embed "../../dictionary.d/riverbed" suffix(, 0)
    }},
    {"dictionary.d/ruckus", (const unsigned char[]){
#embed "../../dictionary.d/ruckus" suffix(, 0)
    }},
    {"dictionary.d/sonicwall", (const unsigned char[]){
#embed "../../dictionary.d/sonicwall" suffix(, 0)
    }},
    {"dictionary.d/sophos", (const unsigned char[]){
#embed "../../dictionary.d/sophos" suffix(, 0)
    }},
    {"dictionary.d/strongswan", (const unsigned char[]){
#embed "../../dictionary.d/strongswan" suffix(, 0)
    }},
    {"dictionary.d/ubiquiti", (const unsigned char[]){
#embed "../../dictionary.d/ubiquiti" suffix(, 0)
    }},
    {"dictionary.d/watchguard", (const unsigned char[]){
#embed "../../dictionary.d/watchguard" suffix(, 0)
    }},
    {"dictionary.d/wispr", (const unsigned char[]){
#embed "../../dictionary.d/wispr" suffix(, 0)
    }},
    {"dictionary.d/zyxel", (const unsigned char[]){
#embed "../../dictionary.d/zyxel" suffix(, 0)
    }},
};

const struct watchword_embedded_file *watchword_embedded_file(size_t number) {
    return number < sizeof files / sizeof *files ? &files[number] : NULL;
}
