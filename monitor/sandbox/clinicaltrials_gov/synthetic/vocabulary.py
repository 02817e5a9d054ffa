"""The words that synthetic trials are made of. Pure data.

Conditions and cities are real; sponsors, drugs, people and sites are invented. MeSH-like numbers start with D9, which
the real thesaurus does not use.
"""

CONDITIONS = (
    "Asthma", "Atrial Fibrillation", "Breast Cancer", "Chronic Kidney Disease", "Chronic Lymphocytic Leukemia",
    "Colorectal Cancer", "COVID-19", "Crohn Disease", "Cystic Fibrosis", "Dengue", "Diabetic Foot Ulcer", "Epilepsy",
    "Gastric Cancer", "Generalized Anxiety Disorder", "Glioblastoma", "Heart Failure", "Hemophilia A", "Hepatitis B",
    "HIV Infections", "Hypertension", "Insomnia", "Iron Deficiency Anemia", "Juvenile Idiopathic Arthritis",
    "Knee Osteoarthritis", "Lupus Nephritis", "Major Depressive Disorder", "Malaria", "Melanoma", "Migraine",
    "Multiple Myeloma", "Multiple Sclerosis", "Myasthenia Gravis", "Non-small Cell Lung Cancer", "Obesity",
    "Opioid Use Disorder", "Ovarian Cancer", "Parkinson Disease", "Postoperative Pain", "Preeclampsia",
    "Preterm Birth", "Prostate Cancer", "Psoriasis", "Pulmonary Arterial Hypertension", "Rheumatoid Arthritis",
    "Schizophrenia", "Sepsis", "Sickle Cell Disease", "Stroke", "Tuberculosis", "Type 1 Diabetes", "Type 2 Diabetes",
    "Ulcerative Colitis", "Urinary Incontinence", "Uveitis", "Venous Thromboembolism", "Vitiligo",
)  # fmt: skip
KEYWORDS = (
    "adherence", "biomarker", "children", "dose escalation", "elderly", "exercise", "first in human", "follow-up",
    "immunotherapy", "implementation", "inflammation", "maintenance", "mortality", "nutrition", "pharmacokinetics",
    "quality of life", "rehabilitation", "relapse", "safety", "screening", "surgery", "telemedicine", "tolerability",
)  # fmt: skip

DRUG_STEMS = (
    "abro", "belo", "cavi", "dorsa", "elza", "fira", "gantu", "hexo", "ilva", "jora", "kelti", "luma", "mavi", "neru",
    "orca", "pelu", "quiza", "rovi", "sarga", "tolva", "ufe", "vanta", "wexi", "xelu", "yndra", "zola",
)  # fmt: skip
DRUG_ENDINGS = ("limab", "tinib", "stat", "parin", "gliptin", "sartan", "cillin", "prazole", "vir", "nercept", "ciclib")
PROGRAMMES = (
    "Breathing Training", "Cognitive Behavioral Sessions", "Community Health Visits", "Guided Walking Programme",
    "Mindfulness Course", "Nurse-led Telephone Coaching", "Nutrition Counselling", "Peer Support Groups",
)  # fmt: skip
DEVICES = ("Aerolume Inhaler", "Cardibelt Monitor", "Dermafold Dressing", "Neuroloop Stimulator", "Ortholeaf Brace")
PROCEDURES = (
    "Day-case Laparoscopy",
    "Early Mobilisation",
    "Nerve Block under Ultrasound",
    "Standardised Wound Closure",
)

PLACE_NAMES = (
    "Alder", "Brackwater", "Calloway", "Dunmere", "Eastholm", "Fairhaven", "Glenmoor", "Halvorsen", "Ironbridge",
    "Juniper", "Kestrel", "Larkspur", "Marlowe", "Northgate", "Oakhurst", "Pinecrest", "Quillon", "Ravensbrook",
    "Stonefield", "Thornbury", "Underwood", "Valemont", "Westerly", "Yarrow", "Zephyr",
)  # fmt: skip
INDUSTRY = ("Biosciences", "Pharma AG", "Therapeutics, Inc.", "Biologics", "Medical Devices Ltd")
ACADEMIA = ("University Hospital", "Medical College", "Institute of Health", "Children's Hospital", "Cancer Centre")
NETWORKS = ("Oncology Cooperative Group", "Trials Network")
FACILITIES = ("General Hospital", "Clinical Research Unit", "Medical Centre", "University Hospital", "Clinic")

FIRST_NAMES = (
    "Aisha", "Bruno", "Chidi", "Dagny", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Lars", "Mei",
    "Noor", "Olga", "Pavel", "Quentin", "Rosa", "Sven", "Tomas", "Uma", "Vera", "Wanjiru", "Yusuf", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Bergqvist", "Castellan", "Dvorsky", "Eriksen", "Fontana", "Gundersen", "Haddad", "Ivanova", "Jankowski",
    "Kimura", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quiroga", "Rahimi", "Santos", "Tanaka", "Ueda",
    "Varga", "Weiss", "Yilmaz", "Zielinski",
)  # fmt: skip

CITIES: tuple[tuple[str, str | None, str, str, float, float], ...] = (
    ("Ankara", None, "06100", "Turkey (Türkiye)", 39.91987, 32.85427),
    ("Athens", None, "11527", "Greece", 37.98376, 23.72784),
    ("Atlanta", "Georgia", "30322", "United States", 33.749, -84.38798),
    ("Bangkok", None, "10330", "Thailand", 13.75398, 100.50144),
    ("Barcelona", None, "08036", "Spain", 41.38879, 2.15899),
    ("Beijing", "Beijing Municipality", "100730", "China", 39.9075, 116.39723),
    ("Berlin", "State of Berlin", "10117", "Germany", 52.52437, 13.41053),
    ("Boston", "Massachusetts", "02114", "United States", 42.35843, -71.05977),
    ("Brisbane", "Queensland", "4102", "Australia", -27.46794, 153.02809),
    ("Brussels", None, "1070", "Belgium", 50.85045, 4.34878),
    ("Budapest", None, "1083", "Hungary", 47.49835, 19.04045),
    ("Buenos Aires", "Buenos Aires F.D.", "C1181ACH", "Argentina", -34.61315, -58.37723),
    ("Cairo", None, "11566", "Egypt", 30.06263, 31.24967),
    ("Cape Town", "Western Cape", "7925", "South Africa", -33.92584, 18.42322),
    ("Chicago", "Illinois", "60611", "United States", 41.85003, -87.65005),
    ("Copenhagen", None, "2100", "Denmark", 55.67594, 12.56553),
    ("Dallas", "Texas", "75390", "United States", 32.78306, -96.80667),
    ("Dublin", None, "D09 V2N0", "Ireland", 53.33306, -6.24889),
    ("Hanoi", None, "100000", "Vietnam", 21.0245, 105.84117),
    ("Helsinki", None, "00290", "Finland", 60.16952, 24.93545),
    ("Houston", "Texas", "77030", "United States", 29.76328, -95.36327),
    ("Kampala", None, "7072", "Uganda", 0.31628, 32.58219),
    ("Karachi", None, "74800", "Pakistan", 24.8608, 67.0104),
    ("Krakow", None, "31-501", "Poland", 50.06143, 19.93658),
    ("Kyoto", None, "606-8507", "Japan", 35.02107, 135.75385),
    ("Lagos", None, "100254", "Nigeria", 6.45407, 3.39467),
    ("Lima", None, "15102", "Peru", -12.04318, -77.02824),
    ("Lisbon", None, "1649-035", "Portugal", 38.71667, -9.13333),
    ("London", None, "SE1 9RT", "United Kingdom", 51.50853, -0.12574),
    ("Los Angeles", "California", "90095", "United States", 34.05223, -118.24368),
    ("Lyon", None, "69008", "France", 45.74846, 4.84671),
    ("Madrid", None, "28046", "Spain", 40.4165, -3.70256),
    ("Melbourne", "Victoria", "3000", "Australia", -37.814, 144.96332),
    ("Mexico City", "Mexico City", "14080", "Mexico", 19.42847, -99.12766),
    ("Milan", None, "20133", "Italy", 45.46427, 9.18951),
    ("Montreal", "Quebec", "H4A 3J1", "Canada", 45.50884, -73.58781),
    ("Mumbai", "Maharashtra", "400012", "India", 19.07283, 72.88261),
    ("Munich", "Bavaria", "80336", "Germany", 48.13743, 11.57549),
    ("Nairobi", None, "00202", "Kenya", -1.28333, 36.81667),
    ("New York", "New York", "10065", "United States", 40.71427, -74.00597),
    ("Oslo", None, "0450", "Norway", 59.91273, 10.74609),
    ("Paris", None, "75013", "France", 48.85341, 2.3488),
    ("Prague", None, "128 08", "Czechia", 50.08804, 14.42076),
    ("Rotterdam", None, "3015 GD", "Netherlands", 51.9225, 4.47917),
    ("Santiago", None, "8330024", "Chile", -33.45694, -70.64827),
    ("São Paulo", "São Paulo", "01246-000", "Brazil", -23.5475, -46.63611),
    ("Seattle", "Washington", "98109", "United States", 47.60621, -122.33207),
    ("Seoul", None, "03080", "South Korea", 37.566, 126.9784),
    ("Shanghai", "Shanghai Municipality", "200025", "China", 31.22222, 121.45806),
    ("Singapore", None, "169608", "Singapore", 1.28967, 103.85007),
    ("Stockholm", None, "171 76", "Sweden", 59.32938, 18.06871),
    ("Taipei", None, "100", "Taiwan", 25.05306, 121.52639),
    ("Toronto", "Ontario", "M5G 2C4", "Canada", 43.70011, -79.4163),
    ("Vienna", None, "1090", "Austria", 48.20849, 16.37208),
    ("Zurich", None, "8091", "Switzerland", 47.36667, 8.55),
)

SUMMARY = (
    "The purpose of this trial is to find out whether {treatment} helps people with {condition}.",
    "Participants with {condition} will receive {treatment} or {comparator} for {weeks} weeks.",
    "Researchers will compare {treatment} with {comparator} to see which of them lowers symptoms more.",
    "The main question is whether {treatment} changes {measure} within {weeks} weeks.",
    "This work collects safety information on {treatment} in adults who live with {condition}.",
)
DETAILS = (
    "After written consent, participants enter a screening period of up to {days} days that confirms eligibility.",
    "Visits take place at baseline and at weeks {early}, {middle} and {weeks}, with a telephone contact in between.",
    "A sample of {count} participants detects a difference of {percent} percent with a power of 80 percent.",
    "Randomisation is done centrally, in blocks of varying size, stratified by site and by severity of {condition}.",
    "{treatment} is started at a low dose and raised every {early} weeks as long as it is tolerated.",
    "An independent committee looks at all serious adverse events and may stop the trial for safety or futility.",
    "Blood samples for {measure} are drawn before the first dose and again at week {middle}.",
    "Participants who stop {treatment} early are asked to stay in follow-up until week {weeks}.",
    "Concomitant medicine for {condition} is allowed if the dose was stable for at least {days} days.",
    "Missing values of {measure} will be handled by multiple imputation under several assumptions.",
    "A subgroup of participants takes part in interviews about daily life with {condition}.",
    "Site staff who assess {measure} do not take part in treatment and do not know the allocation.",
    "The analysis follows the intention-to-treat principle; a per-protocol analysis is given as support.",
    "Earlier work in {count} people suggested that {treatment} is safe, but did not settle how well it works.",
    "Follow-up continues for {weeks} weeks after the last visit by means of registry data.",
    "Questionnaires can be filled in on paper or on a telephone, in any of the languages of the site.",
)
INCLUSION = (
    "Age and sex as stated above",
    "Diagnosis of {condition} confirmed by a specialist at least {days} days before screening",
    "Able and willing to give written informed consent",
    "Stable background treatment for {condition} for {early} weeks or longer",
    "Value of {measure} within {percent} percent of the reference range of the local laboratory",
    "Body mass index between 18.5 and {percent} kg/m2",
    "ECOG performance status of 0 or 1",
    "Adequate function of liver and kidney, judged by blood tests within {days} days",
    "Women who can have children: a negative pregnancy test and effective contraception until week {weeks}",
    "No change of smoking habits planned during the trial",
    "Life expectancy of more than {weeks} weeks",
    "Able to read and answer questionnaires in a language of the site",
    "At least {early} documented episodes related to {condition} within the last year",
)
EXCLUSION = (
    "Known allergy to {treatment} or to any of its components",
    "Participation in another interventional trial within {days} days",
    "Pregnant or breastfeeding",
    "History of cancer within {early} years, other than treated basal cell carcinoma of the skin",
    "Uncontrolled high blood pressure in spite of treatment",
    "Active infection that needs treatment through a vein",
    "Use of medicine that interacts with {treatment} within five half-lives",
    "Severe depression or any other condition that makes it unsafe to take part",
    "Major surgery within {days} days or planned before week {middle}",
    "Alcohol or drug dependence within the last year",
    "QTc interval above 470 ms at screening",
    "Earlier treatment with {comparator} that was stopped for lack of effect",
    "Any implanted electronic device that could be disturbed by the assessment of {measure}",
)

MEASURES = (
    "overall survival", "progression-free survival", "pain score", "forced expiratory volume", "fasting glucose",
    "systolic blood pressure", "walking distance", "quality of life score", "number of relapses", "viral load",
    "hemoglobin", "body weight", "wound area", "days in hospital", "sleep duration", "depression scale score",
    "serum ferritin", "left ventricular ejection fraction", "tumor volume", "lesion count", "grip strength",
    "time to first event", "area under the concentration curve", "bone mineral density", "adherence rate",
)  # fmt: skip
MEASURE_FORMS = (
    "Change in {measure} from baseline",
    "Proportion of participants with improved {measure}",
    "Mean {measure}",
    "Time to worsening of {measure}",
    "Number of participants with abnormal {measure}",
    "{measure}, assessed without knowledge of the allocation",
    "Difference in {measure} between groups",
)
TIME_FRAMES = (
    "Baseline and week {weeks}", "{weeks} weeks", "Up to {years} years", "{months} months", "Day 1 to day {days}",
    "At discharge, on average {days} days", "From enrollment to the end of treatment at {weeks} weeks",
    "Baseline, month {early}, month {months}",
)  # fmt: skip
OUTCOME_DETAILS = (
    "Higher values mean a better result.",
    "Assessed by a trained member of staff with a validated instrument.",
    "The scale runs from 0 to 100; a difference of {percent} is seen as important.",
    "Measured in the central laboratory from samples taken in the morning.",
    "Events are confirmed by an independent committee.",
    "Participants without an event are censored at their last visit.",
)

WHY_STOPPED = (
    "Slow recruitment", "Sponsor decision", "Lack of funding", "Futility at the interim analysis",
    "Business decision, not related to safety", "The principal investigator left the institution", "FDA",
    "Supply of the study drug could not be secured", "Low enrollment during the pandemic",
)  # fmt: skip

ORGAN_SYSTEMS: dict[str, tuple[str, ...]] = {
    "Blood and lymphatic system disorders": ("Anaemia", "Neutropenia", "Thrombocytopenia", "Leukopenia"),
    "Cardiac disorders": ("Atrial fibrillation", "Palpitations", "Bradycardia", "Myocardial infarction"),
    "Eye disorders": ("Dry eye", "Vision blurred", "Cataract"),
    "Gastrointestinal disorders": ("Nausea", "Diarrhoea", "Vomiting", "Constipation", "Abdominal pain", "Dyspepsia"),
    "General disorders": ("Fatigue", "Pyrexia", "Oedema peripheral", "Chest pain", "Injection site reaction"),
    "Infections and infestations": ("Nasopharyngitis", "Pneumonia", "Urinary tract infection", "Sinusitis", "Sepsis"),
    "Injury, poisoning and procedural complications": ("Fall", "Contusion", "Procedural pain"),
    "Investigations": ("Weight decreased", "Alanine aminotransferase increased", "Blood creatinine increased"),
    "Metabolism and nutrition disorders": ("Decreased appetite", "Hypokalaemia", "Hyperglycaemia", "Dehydration"),
    "Musculoskeletal and connective tissue disorders": ("Arthralgia", "Back pain", "Myalgia", "Pain in extremity"),
    "Nervous system disorders": ("Headache", "Dizziness", "Paraesthesia", "Somnolence", "Syncope"),
    "Psychiatric disorders": ("Insomnia", "Anxiety", "Depression"),
    "Renal and urinary disorders": ("Dysuria", "Haematuria", "Acute kidney injury"),
    "Respiratory, thoracic and mediastinal disorders": ("Cough", "Dyspnoea", "Epistaxis", "Pulmonary embolism"),
    "Skin and subcutaneous tissue disorders": ("Rash", "Pruritus", "Alopecia", "Urticaria", "Dry skin"),
    "Vascular disorders": ("Hypertension", "Hypotension", "Hot flush"),
}
