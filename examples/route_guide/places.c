#include "places.h"

#include <math.h>

#define DEGREES(x)              ((int32_t)((x)*1e7))
#define AT(latitude, longitude) DEGREES(latitude), DEGREES(longitude)

const place places[] = {
    { "Bishop Rock", AT(49.87, -6.45) },     { "Wolf Rock", AT(49.95, -5.81) },
    { "Longships", AT(50.07, -5.75) },       { "Lizard", AT(49.96, -5.20) },
    { "Eddystone", AT(50.18, -4.27) },       { "Start Point", AT(50.22, -3.64) },
    { "Portland Bill", AT(50.51, -2.46) },   { "The Needles", AT(50.66, -1.59) },
    { "Beachy Head", AT(50.73, 0.24) },      { "Dungeness", AT(50.91, 0.98) },
    { "North Foreland", AT(51.37, 1.45) },   { "Southwold", AT(52.33, 1.68) },
    { "Cromer", AT(52.92, 1.32) },           { "Flamborough Head", AT(54.12, -0.08) },
    { "Whitby", AT(54.48, -0.57) },          { "Coquet", AT(55.33, -1.54) },
    { "Longstone", AT(55.64, -1.61) },       { "Bell Rock", AT(56.43, -2.39) },
    { "Buchan Ness", AT(57.47, -1.77) },     { "Kinnaird Head", AT(57.70, -2.00) },
    { "Noss Head", AT(58.48, -3.05) },       { "Pentland Skerries", AT(58.69, -2.92) },
    { "Muckle Flugga", AT(60.86, -0.88) },   { "Cape Wrath", AT(58.63, -5.00) },
    { "Flannan Isles", AT(58.29, -7.59) },   { "Barra Head", AT(56.79, -7.65) },
    { "Skerryvore", AT(56.32, -7.11) },      { "Ardnamurchan", AT(56.73, -6.23) },
    { "Mull of Kintyre", AT(55.31, -5.80) }, { "Corsewall", AT(55.01, -5.16) },
    { "Point of Ayre", AT(54.42, -4.37) },   { "Skerries", AT(53.42, -4.61) },
    { "South Stack", AT(53.31, -4.70) },     { "Bardsey", AT(52.75, -4.80) },
    { "Smalls", AT(51.72, -5.67) },          { "Lundy North", AT(51.20, -4.68) },
    { "Hartland Point", AT(51.02, -4.53) },  { "Trevose Head", AT(50.55, -5.04) },
    { "Fastnet", AT(51.39, -9.60) },         { "Hook Head", AT(52.12, -6.93) },
};

const size_t n_places = sizeof places / sizeof places[0];

double distance_m(int32_t latitude1, int32_t longitude1, int32_t latitude2, int32_t longitude2)
{
    const double radius_m = 6371000, unit = M_PI / 180e7;
    double       phi1 = latitude1 * unit, phi2 = latitude2 * unit;
    double       south_north = sin((phi2 - phi1) / 2);
    double       west_east = sin((longitude2 - longitude1) * unit / 2);

    return 2 * radius_m *
           asin(sqrt(south_north * south_north + cos(phi1) * cos(phi2) * west_east * west_east));
}
