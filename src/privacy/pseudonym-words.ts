/**
 * What random names are made of: colours, materials, weather and places, then animals, plants and things. Our own lists. A word
 * belongs here when it is easy to say and to spell, has nothing to do with bodies, peoples, faiths, parties, drugs or money, is
 * no insult in the languages that we know, and makes no bad pair with any word of the other list (so no `white`, `black`,
 * `silver`, `desert`, and no `dawn`, `sun`, `eagle`, `curtain`). Its test says how unlike the words must be.
 */
export const FIRST_WORDS: readonly string[] = words(`
  Acacia Afternoon Agate Alder Alpine Amber Amethyst Aniseed Apricot Arctic Argon Aurora Autumn Avocado Azure Balsa
  Bamboo Barley Basalt Beech Beige Beryl Birch Blueberry Blustery Boreal Brass Breezy Brocade Bronze Buckwheat
  Burgundy Calico Canvas Canyon Cardamom Cardboard Carnelian Cashmere Cedar Celestial Ceramic Cerulean Chiffon Chrome
  Cinnamon Cirrus Citrine Clay Cloudy Clove Coastal Cobalt Copper Coral Corduroy Cork Cosmic Cranberry Crimson Cumulus
  Cyan Cypress Damson Dappled Denim Dolomite Dotted Driftwood Drizzly Eclipse Emerald Enamel Equinox Evening Feldspar
  Felted Flannel Fleecy Flint Fluorite Foggy Frosty Galaxy Garnet Gingham Glacial Glass Glowing Golden Granite Gravel
  Harbour Hazel Hazy Helium Highland Icicle Indigo Iridium Iron Island Jade Jasper Jersey Juniper Knitted Lacquer
  Lagoon Lapis Larch Leafy Lemon Lilac Limestone Linen Luminous Lunar Magenta Magnesium Malachite Mango Maple Marble
  Mauve Meadow Merino Meteor Mica Midnight Minty Mistral Mohair Monsoon Moonlit Morning Mossy Mountain Mulberry
  Mustard Nebula Nectarine Neon Nickel Nimbus Nutmeg Oatmeal Obsidian Oceanic Ochre Onyx Opal Orbital Origami
  Palladium Paprika Papyrus Parchment Pastel Pebbly Pecan Peridot Pewter Pistachio Plaid Platinum Plywood Polar Poplin
  Porcelain Prairie Pumice Quartz Quilted Quince Radiant Raspberry Rattan Riverside Rosewood Rowan Ruby Rustic Sage
  Sandy Sapphire Satin Satsuma Savanna Seaside Sepia Sequoia Sienna Silken Slate Snowy Soapstone Solstice Sparkling
  Speckled Spruce Starry Steel Stellar Stratus Striped Stucco Suede Summer Sunlit Sunrise Sunstone Sycamore Taffeta
  Tangerine Thunder Tidal Timber Tinsel Titanium Topaz Tropical Tundra Tungsten Turmeric Turquoise Tweed Twilight
  Velour Velvet Vermilion Violet Volcanic Walnut Willow Windy Winter Woodland Woollen Woven Zephyr Zinc Zircon
`);

/** The last word of a random name. */
export const LAST_WORDS: readonly string[] = words(`
  Aardvark Abacus Accordion Acorn Airship Albatross Almanac Alpaca Anchor Anemone Angelfish Anteater Antelope
  Armadillo Artichoke Atlas Avocet Azalea Backpack Badger Balloon Banjo Beacon Beetle Begonia Beluga Biscuit Bison
  Bluebell Bobbin Bookcase Bookmark Bramble Broccoli Bumblebee Button Cactus Camera Campfire Canary Candle Capybara
  Caracal Caribou Carousel Catamaran Celery Cello Chalet Chimney Comet Compass Condor Cormorant Cottage Crocus Curlew
  Cushion Daffodil Dahlia Daisy Dolphin Dormouse Dragonfly Drum Egret Elk Emu Ermine Falcon Feather Fern Ferret Ferry
  Finch Firefly Flamingo Flowerpot Fox Gazebo Gazelle Gecko Giraffe Goblet Goldfish Gondola Goose Griffin Guitar
  Hammock Hamster Harp Harrier Haystack Hedgehog Heron Hibiscus Honeycomb Hourglass Hyacinth Ibex Iguana Impala Iris
  Jackdaw Jaguar Jasmine Jigsaw Jukebox Kangaroo Kayak Kestrel Kite Koala Ladybird Lantern Lapwing Lemur Leopard
  Library Llama Lobster Lupin Lynx Macaw Magnolia Mallard Mammoth Mandolin Marigold Marquee Meerkat Metronome Minnow
  Mirror Mitten Mongoose Narwhal Nautilus Newt Notebook Oboe Ocelot Octopus Okapi Orca Orchid Oriole Osprey Ostrich
  Otter Owl Pancake Panda Parachute Parakeet Parasol Parsnip Partridge Pavilion Pelican Pencil Pendulum Penguin Piano
  Pinecone Pinwheel Planet Platypus Plover Pony Popcorn Porpoise Postcard Pretzel Primrose Prism Pulley Pumpkin Puzzle
  Quail Quokka Rabbit Radish Raven Reindeer Ribbon Robin Rosemary Rudder Sandpiper Satellite Saucer Saxophone Scallop
  Schooner Seahorse Seal Seashell Skylark Sledge Snowdrop Sparrow Spinach Spoonbill Squirrel Staircase Stopwatch Stork
  Sundial Sunflower Swan Tadpole Tapir Teacup Teapot Telescope Thimble Tiger Toboggan Toucan Tractor Tram Tricycle
  Trombone Trowel Tugboat Tulip Turtle Ukulele Umbrella Unicorn Waffle Wagon Wagtail Wallaby Whistle Windmill Wombat
  Wren Yak Zebra Zeppelin Zinnia
`);

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}
